import { ConfigError, loadConfig } from '@px0/control-plane';
import { describe, expect, test } from 'vitest';

const DATABASE_URL = 'postgres://localhost/px0';

describe('the configuration', () => {
  test('has a default for all but the database', () => {
    expect(loadConfig({ DATABASE_URL, REDIS_URL: '' })).toEqual({
      databaseUrl: DATABASE_URL,
      redisUrl: undefined,
      redisPrefix: 'px0',
      port: 8000,
      host: '0.0.0.0',
      sessionHours: 24,
      smtpUrl: undefined,
      mailFrom: 'px0 <px0@localhost>',
      trustProxy: [],
      corsOrigins: [],
      databaseWait: 60,
      codeTries: 5,
      limits: {
        login_account: { count: 10, seconds: 900 },
        login_address: { count: 300, seconds: 900 },
        register_account: { count: 10, seconds: 3600 },
        register_address: { count: 300, seconds: 3600 },
        verify_account: { count: 20, seconds: 900 },
        verify_address: { count: 300, seconds: 900 },
        mail_account: { count: 5, seconds: 900 },
        mail_address: { count: 100, seconds: 900 },
        reset_address: { count: 100, seconds: 900 },
        password_account: { count: 10, seconds: 900 },
      },
      logLevel: 'info',
    });
  });

  test('takes what is set', () => {
    const config = loadConfig({
      DATABASE_URL,
      REDIS_URL: 'rediss://host:6379/1',
      PX0_CONTROL_PORT: '0',
      PX0_CONTROL_HOST: '::1',
      SESSION_DURATION_HOURS: '1',
      SMTP_URL: 'smtp://user:pass@host:587',
      MAIL_FROM: 'a@example.com',
    });
    expect(config).toMatchObject({ redisUrl: 'rediss://host:6379/1', port: 0, host: '::1', sessionHours: 1 });
  });

  test('limits can be changed, lifted one by one, and lifted altogether', () => {
    const limits = (env: Record<string, string>) => loadConfig({ DATABASE_URL, ...env }).limits;
    expect(limits({ PX0_LIMIT_LOGIN_ACCOUNT: '3/20s' }).login_account).toEqual({ count: 3, seconds: 20 });
    expect(limits({ PX0_LIMIT_LOGIN_ACCOUNT: 'off' })).not.toHaveProperty('login_account');
    expect(limits({ PX0_LIMITS: 'off', PX0_LIMIT_LOGIN_ACCOUNT: '3/20s' })).toEqual({});
  });

  test('proxies and origins are lists', () => {
    const env = { DATABASE_URL, PX0_TRUST_PROXY: '10.0.0.0/8,::1', PX0_CORS_ORIGINS: 'https://a.example' };
    expect(loadConfig(env)).toMatchObject({
      trustProxy: ['10.0.0.0/8', '::1'],
      corsOrigins: ['https://a.example'],
    });
  });

  test('says that npm start brings a database', () => {
    expect(() => loadConfig({})).toThrow(/^DATABASE_URL is not set\. .*"npm start" brings a Postgres/);
  });

  test.each([
    ['DATABASE_URL', 'mysql://user:s3cret@host/px0'],
    ['REDIS_URL', 'localhost:6379'],
    ['PX0_REDIS_PREFIX', 'a b'],
    ['PX0_CONTROL_PORT', '65536'],
    ['PX0_CONTROL_PORT', '80a'],
    ['PX0_CONTROL_PORT', '-1'],
    ['PX0_CONTROL_HOST', 'a/b'],
    ['SESSION_DURATION_HOURS', '0'],
    ['SESSION_DURATION_HOURS', '1.5'],
    ['SMTP_URL', 'mail.example.com'],
    ['MAIL_FROM', 'nobody'],
    ['LOG_LEVEL', 'loud'],
    ['PX0_TRUST_PROXY', 'everybody'],
    ['PX0_TRUST_PROXY', '300.1.1.1'],
    ['PX0_TRUST_PROXY', '10.0.0.0/33'],
    ['PX0_TRUST_PROXY', '10.0.0.0/8,'],
    ['PX0_CORS_ORIGINS', '*'],
    ['PX0_CODE_TRIES', '6'],
    ['PX0_LIMITS', 'some'],
    ['PX0_LIMIT_LOGIN_ACCOUNT', '0/15m'],
    ['PX0_LIMIT_LOGIN_ACCOUNT', '10 per hour'],
    ['PX0_LIMIT_LOGIN_ACCOUNT', '10/577h'],
  ])('names %s when it is %s, and does not repeat it', (name, text) => {
    let message = '';
    try {
      loadConfig({ DATABASE_URL, [name]: text });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      message = (error as ConfigError).message;
    }
    expect(message).toMatch(new RegExp(`^${name} must be .+\\.$`));
    expect(message).not.toContain('s3cret');
  });
});
