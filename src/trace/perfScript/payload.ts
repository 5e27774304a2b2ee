/** What the columns of the `events` table take from a tracepoint's text. */
export interface PayloadColumns {
  device: string | null;
  skb: string | null;
  length_bytes: number;
  value: number;
}

/**
 * Which field is the number that the event is about. Formats as the kernel's TP_printk gives them:
 *
 *   irq:softirq_raise:      vec=3 [action=NET_RX]
 *   irq:irq_handler_entry:  irq=24 name=virtio0-input.0
 *   napi:napi_poll:         napi poll on napi struct 0xffff88817b2a4010 for device eth0 work 1 budget 64
 *   net:netif_receive_skb:  dev=eth0 skbaddr=0xffff8881765ede00 len=94
 *   net:net_dev_xmit:       dev=veth0 skbaddr=0xffff8881765ede00 len=94 rc=0
 *   skb:kfree_skb:          skbaddr=0xffff8881765ede00 protocol=2048 location=0xffffffff81a reason: NO_SOCKET
 *   sched:sched_switch:     prev_comm=a prev_pid=1 prev_prio=120 prev_state=S ==> next_comm=b next_pid=2 next_prio=120
 *   sched:sched_wakeup:     comm=sockperf pid=12 prio=120 target_cpu=001
 *   sched:sched_migrate_task: comm=sockperf pid=12 prio=120 orig_cpu=0 dest_cpu=1
 *   ipi:ipi_send_cpu:       cpu=1 callsite=ttwu_queue_wakelist+0x11d callback=…
 */
const VALUE_KEYS = new Map<string, readonly string[]>([
  ['irq:softirq_raise', ['vec=']],
  ['irq:softirq_entry', ['vec=']],
  ['irq:softirq_exit', ['vec=']],
  ['irq:irq_handler_entry', ['irq=']],
  ['irq:irq_handler_exit', ['irq=']],
  ['napi:napi_poll', ['work ']],
  ['net:net_dev_xmit', ['rc=']],
  ['net:netif_receive_skb_exit', ['ret=']],
  ['net:netif_receive_skb_list_exit', ['ret=']],
  ['net:napi_gro_receive_exit', ['ret=']],
  ['net:napi_gro_frags_exit', ['ret=']],
  ['net:netif_rx_exit', ['ret=']],
  ['sched:sched_switch', ['next_pid=']],
  // libtraceevent's plugin prints `sockperf:12 [120] success=1 CPU:001`
  ['sched:sched_wakeup', ['target_cpu=', 'CPU:']],
  ['sched:sched_wakeup_new', ['target_cpu=', 'CPU:']],
  ['sched:sched_waking', ['target_cpu=', 'CPU:']],
  ['sched:sched_migrate_task', ['dest_cpu=']],
  ['sched:sched_process_exit', ['pid=']],
  ['sched:sched_process_fork', ['child_pid=']],
  ['sched:sched_process_exec', ['pid=']],
  ['sched:sched_stat_runtime', ['runtime=']],
  ['ipi:ipi_send_cpu', ['cpu=']],
]);

const SUBSYSTEMS = new Set(['irq', 'napi', 'net', 'skb', 'sched', 'ipi']);

/** Whether payloads of the event are read into columns. */
export function hasPayloadColumns(event: string): boolean {
  return SUBSYSTEMS.has(event.slice(0, event.indexOf(':')));
}

/** Reads a payload into `columns`, which is used again to spare a million objects. */
export function readPayload(event: string, payload: string, columns: PayloadColumns): void {
  const napi = event === 'napi:napi_poll';
  columns.device = field(payload, napi ? 'device ' : 'dev=');
  columns.skb = field(payload, 'skbaddr=');
  const length = field(payload, 'len=');
  columns.length_bytes = length === null ? NaN : Number(length);
  columns.value = NaN;
  for (const key of VALUE_KEYS.get(event) ?? []) {
    const text = field(payload, key);
    if (text === null) continue;
    columns.value = Number.parseInt(text, text.startsWith('0x') ? 16 : 10);
    break;
  }
}

/**
 * All `key=value` fields of a payload in their order, e.g. `prev_comm`, `prev_pid`. Values end at a
 * space, so a command with spaces is cut: the payload's text is in the table for whoever needs more.
 */
export function payloadFields(payload: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, key, value] of payload.matchAll(/(?:^|[\s(])([A-Za-z_]\w*)=(\S*)/g)) fields.set(key, value);
  return fields;
}

/** The text between a key at the start of a word and the next space. */
function field(payload: string, key: string): string | null {
  for (let at = payload.indexOf(key); at >= 0; at = payload.indexOf(key, at + 1)) {
    if (at > 0 && payload.charCodeAt(at - 1) !== 32) continue;
    const start = at + key.length;
    const end = payload.indexOf(' ', start);
    return end < 0 ? payload.slice(start) : payload.slice(start, end);
  }
  return null;
}
