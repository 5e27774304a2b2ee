/** The best explanation found for claims that fail in the model; shown only while they do. */
const BATCHES =
  'each stage takes over a whole batch of the NIC, since IPIs leave at the end of net_rx_action; adaptive moderation makes batches of tens of packets';
const PLACEMENT =
  'host, overlay and Falcon hash the flows to different cores, so few flows give rates that vary with the seed by more than the claim states';
const BUSY =
  'with six to ten flows on six cores the seed decides where stages meet, and the differences are as large as what is claimed';
const BUSY_TCP =
  'connections fill the cores that RSS and RPS gave them; Falcon can move only what comes after, and pays for it with hand-overs and with losses where a changed choice reorders';
const HOTSPOT =
  'what a second choice gains depends on which stages the overloaded core has: NIC and RPS cannot leave it; the paper does not tell rates, number of flows or cores';
const WEB =
  'softirqs take 5 to 7% of the web server’s cores at the page times assumed, and 1% with pages as slow as in Cloudsuite’s own runs: wherever they go, no more can be gained; what else loaded the paper’s cores is not told';
const MODERATION =
  'adaptive moderation waits for 64 packets and so holds a request up longer than the stack does, which hides what Falcon saves';
const SERVER_THREADS =
  'clients that ask for more than can be done have latencies in proportion to what is done, and under Falcon memcached’s four threads are full at less than twice the overlay’s rate';

export const EXPLANATIONS: ReadonlyMap<string, string> = new Map([
  [
    'fig2a-tcp-10g-near-native',
    'the overlay’s limit on one core lies below 10 Gbit/s once it is low enough for the loss at 100G',
  ],
  [
    'fig2a-max-rate-is-plateau',
    'beyond its knee the overlay’s rate falls, since its full backlog refuses inner packets that it has half processed; steps of a ramp leave few points there',
  ],
  [
    'fig2b-tcp-similar-trend',
    'with delayed acknowledgements messages of 16 B share one among some 34, larger ones have one for one to three, so that the smallest lose less',
  ],
  ['fig2b-gap-largest-small', 'small and fragmented messages lose alike; the difference is within the noise'],
  ['fig2c-multi-loss-exceeds-single', PLACEMENT],
  [
    'fig2c-loss-grows-with-ratio',
    'bulk flows fill the cores that they are on at one flow for each already; more flows leave the ratio of the work as it is',
  ],
  ['fig2d-tcp-latency', 'close to the knee the ratio depends on the exact load, which the paper does not state'],
  [
    'fig4-net-rx-ratio',
    'with RPS only core 1 runs net_rx_action three times for a batch; the NIC’s own runs are the same in both paths',
  ],
  ['headline-udp-87', 'bursts overflow the host’s socket buffer at 1400 B, while Falcon’s stages smooth them'],
  ['fig10-100g-87', 'bursts overflow the host’s socket buffer at 1400 B, while Falcon’s stages smooth them'],
  ['fig10-gap-below-mtu', 'bursts overflow the host’s socket buffer at 1400 B, while Falcon’s stages smooth them'],
  [
    'fig10-gain-larger-for-large',
    'under stress the overlay drops inner packets that it has half processed, which hurts small messages most',
  ],
  ['fig12b-tcp-under-avg-p90-native', BATCHES],
  ['fig12-tcp-small-under-no-effect', BATCHES],
  ['fig12-falcon-never-worse', BATCHES],
  ['fig13-udp-gain-63', PLACEMENT],
  ['fig13-udp-within-58-75', PLACEMENT],
  ['fig13-udp-consistent', PLACEMENT],
  [
    'fig13-falcon-over-host-37',
    'the container’s stage, with the acknowledgements, fills a Falcon core before anything else does, and hashing lets some of them meet',
  ],
  ['headline-latency-both', BATCHES],
  ['split-helps-tcp-large', BATCHES],
  ['fig12a-tail-gain-larger', 'waiting for the NIC’s interrupt, which is alike in all systems, makes most of the tail'],
  ['packet-latency-range', 'adaptive moderation holds packets back longer than the stack does'],
  [
    'fig19b-softirqs-44.6',
    'batches a little above the weight of 64 make every core of the pipeline poll, and run net_rx_action, once more',
  ],
  ...[
    'fig14-udp-27',
    'fig14-gain-diminishes',
    'fig14-never-worse',
    'fig14-more-consistent',
    'fig14-start-70-busy',
    'fig14-saturated-at-20',
    'fig14-disabled-when-overloaded',
    'needs-idle-cycles',
    'fig15-always-on-hurts',
    'fig15-low-threshold-misses',
    'fig15-best-80-90',
    'colocated-flows-benefit',
  ].map((id) => [id, BUSY] as const),
  ['fig14-tcp-17', BUSY_TCP],
  ...[
    'fig16-udp-18',
    'fig16-tcp-15',
    'fig16-consistent',
    'fig16-static-cannot-adapt',
    'fig16-dynamic-resolves',
    'static-hash-hotspots',
    'least-loaded-fluctuates',
  ].map((id) => [id, HOTSPOT] as const),
  ...['fig17a-ops-300', 'fig17a-all-ops-improve', 'fig17b-response-63', 'fig17c-delay-53', 'fig17-cause-spread'].map(
    (id) => [id, WEB] as const,
  ),
  ['fig18-one-client-p99-7', MODERATION],
  ...['fig18-ten-clients-avg-51', 'fig18-ten-clients-p99-53', 'fig18-gain-grows-with-clients'].map(
    (id) => [id, SERVER_THREADS] as const,
  ),
  ['fig19a-low-rate-similar', 'at low rates batches are small, and the IPIs and wake-ups of two more cores weigh more'],
]);
