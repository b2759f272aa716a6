/** A process with nothing to do: prints its event-loop delay, p99 over so many ms, in ms. `node idle-process.ts MS` */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

const histogram = monitorEventLoopDelay({ resolution: 5 });
histogram.enable();
await delay(Number(process.argv[2]));
histogram.disable();
console.log(histogram.percentile(99) / 1e6);
