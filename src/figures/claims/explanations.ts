/** Explanations that several claims share. */
const BATCHES =
  'each stage takes over a whole batch of the NIC, since IPIs leave at the end of net_rx_action, and adaptive moderation makes batches of 64 packets and more: a stage more is a batch’s time more';
const WEB =
  'softirqs take 5 to 7% of the web server’s cores at the page times assumed, and 1% with pages as slow as in Cloudsuite’s own runs: wherever they go, no more can be gained; what else loaded the paper’s cores is not told';

/** The best explanation found for each claim that fails in the model; shown only while it does. */
export const EXPLANATIONS: ReadonlyMap<string, string> = new Map([
  [
    'fig2a-max-rate-is-plateau',
    'beyond its knee the overlay’s rate falls, since its full backlog refuses inner packets that it has half processed',
  ],
  [
    'fig2b-gap-largest-small',
    'messages of three fragments lose a little more than the smallest; costs that turn it round make Falcon gain less for large messages than for small ones, which the paper has otherwise',
  ],
  [
    'fig2b-tcp-similar-trend',
    'with delayed acknowledgements messages of 16 B share one among some 34, larger ones have one for one to three, so that the smallest lose less',
  ],
  [
    'fig2c-loss-grows-with-ratio',
    'bulk flows fill the cores that they are on at one flow for each already; more flows leave the ratio of the work as it is',
  ],
  [
    'fig4-net-rx-ratio',
    'with RPS only core 1 runs net_rx_action three times for a batch; the NIC’s own runs are the same in both paths',
  ],
  ['fig12b-tcp-under-avg-p90-native', BATCHES],
  ['split-helps-tcp-large', BATCHES],
  [
    'fig14-tcp-17',
    'connections fill the cores that RSS and RPS gave them; Falcon can move only what comes after, and pays for it with hand-overs and with losses where a changed choice reorders',
  ],
  [
    'fig16-tcp-15',
    'what a second choice gains depends on which stages the overloaded core has: NIC and RPS cannot leave it; the paper does not tell rates, number of flows or cores',
  ],
  ...['fig17a-ops-300', 'fig17b-response-63', 'fig17c-delay-53'].map((id) => [id, WEB] as const),
  [
    'fig18-one-client-p99-7',
    'adaptive moderation waits for 64 packets and so holds a request up longer than the stack does, which hides what Falcon saves',
  ],
  [
    'fig19b-softirqs-44.6',
    'a batch is somewhat more than the weight of 64, so every core of the pipeline polls, and runs net_rx_action, once more',
  ],
]);
