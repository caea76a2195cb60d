import { type us_listen_socket, us_listen_socket_close } from 'uWebSockets.js';
import { LIMITS } from '../limits.js';

/**
 * Closes the port in a moment in which hardly a connection can wait to be accepted: the system resets
 * those that do, unless `net.ipv4.tcp_migrate_req` has it hand them to whoever shares the port. Each
 * turn of the event loop accepts all that wait, so the moment is right after a turn that was over at once.
 */
export async function stopListening(socket: us_listen_socket): Promise<void> {
  const searchEnds = performance.now() + LIMITS.quietTurnSearch;
  let turnBegan = performance.now();
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    if (now - turnBegan < LIMITS.quietTurn || now > searchEnds) break;
    turnBegan = now;
  }
  us_listen_socket_close(socket);
}
