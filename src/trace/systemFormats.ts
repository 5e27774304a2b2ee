import type { TraceFormat } from './format';
import { netDevFormat } from './netDev';
import { netSnmpFormat } from './netSnmp';
import { procInterruptsFormat } from './procInterrupts';
import { procSoftirqsFormat } from './procSoftirqs';
import { procStatFormat } from './procStat';
import { sockperfFormat } from './sockperf';
import { sockperfLogFormat } from './sockperfLog';
import { softnetStatFormat } from './softnetStat';

/** What kernels, load generators and system tools print, besides stacks. Each is known by its first lines. */
export const systemFormats: readonly TraceFormat[] = [
  procSoftirqsFormat,
  procInterruptsFormat,
  procStatFormat,
  softnetStatFormat,
  netDevFormat,
  netSnmpFormat,
  sockperfFormat,
  sockperfLogFormat,
];
