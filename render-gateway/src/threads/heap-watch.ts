import { getHeapStatistics } from 'node:v8';
import { LIMITS } from '../limits.js';

/**
 * Watches this thread's heap: one that runs full ends the thread, and with a socket of uWebSockets.js
 * open the whole process. What fills it within a second or two is not noticed in time.
 * @param onFull called once, when it has been nearly full for some looks in a row
 */
export function watchHeap(onFull: (heap: { used: number; limit: number }) => void): void {
  let looks = 0;
  const timer = setInterval(() => {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    looks = used < limit * LIMITS.fullHeap ? 0 : looks + 1;
    if (looks < LIMITS.fullHeapLooks) return;
    clearInterval(timer);
    onFull({ used, limit });
  }, LIMITS.heapLook);
  timer.unref();
}
