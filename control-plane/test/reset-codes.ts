import { until } from '@px0/test-bed';
import type { RunningControlPlane } from './running-control-plane.js';

/** Milliseconds: the machine may be busy with other things. */
const PATIENCE = 15_000;

/** @returns the newest password reset code mailed to an address, once it is in the log */
export function resetCodeFor(server: RunningControlPlane, email: string): Promise<string> {
  return until(
    `a password reset code is mailed to ${email}`,
    async () => {
      const lines = server.log().split('\n').reverse();
      const line = lines.find((entry) =>
        entry.includes(`"mail to ${email}: your px0 password reset code is `),
      );
      return line?.match(/code is (reset_[A-Za-z]{46})"/)?.[1];
    },
    PATIENCE,
  );
}
