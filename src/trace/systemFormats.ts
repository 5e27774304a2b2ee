import { bpftraceFormat } from './bpftrace';
import { dataCachingFormat } from './dataCaching';
import { fabanFormat } from './faban';
import type { TraceFormat } from './format';
import { ftraceFormat } from './ftrace';
import { iperf3Format } from './iperf3';
import { memtierFormat } from './memtier';
import { mutilateFormat } from './mutilate';
import { netDevFormat } from './netDev';
import { netperfFormat } from './netperf';
import { netSnmpFormat } from './netSnmp';
import { perfStatFormat } from './perfStat';
import { procInterruptsFormat } from './procInterrupts';
import { procSoftirqsFormat } from './procSoftirqs';
import { procStatFormat } from './procStat';
import { sockperfFormat } from './sockperf';
import { sockperfLogFormat } from './sockperfLog';
import { softnetStatFormat } from './softnetStat';
import { sysstatFormat } from './sysstat';

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
  iperf3Format,
  netperfFormat,
  memtierFormat,
  mutilateFormat,
  dataCachingFormat,
  fabanFormat,
  sysstatFormat,
  perfStatFormat,
  ftraceFormat,
  bpftraceFormat,
];
