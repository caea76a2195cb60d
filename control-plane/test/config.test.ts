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
