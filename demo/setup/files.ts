import { sayDuration } from '../../controller/policy/duration.ts'
import type { CloudReady } from '../cloud/protocol.ts'
import type { ConsumerPace, Pace, Tempo } from '../pace.ts'
import { poolOf, poolText, startText } from './pool-files.ts'

/** The addresses that a demo has for itself; the last two are a broker's. */
export interface Ports {
  server: number
  portBase: number
  broker: number
  quorum: number
}

export const workload = 'ingest'
export const consumerWorkload = 'consumer'
/** Names in Kafka that gateways and consumers of the demo share. */
export const topic = 'loader'
export const group = 'consumer'

export const brokerAddress = ({ broker }: Pick<Ports, 'broker'>): string => `127.0.0.1:${broker}`

/** capuchin.yaml of the demo. `cloud`: where the fake one serves, for a pace that has one. */
export function settingsText(pace: Pace, ports: Ports, cloud?: CloudReady): string {
  return `# Made by \`npm run demo\`. Times are short, so that two minutes show what takes an hour in production.
tick: 1s                    # usually 15s
sources:
  # Reads /metrics of the instances itself, so that no Prometheus is needed.
  instances: { type: scrape, interval: 1s }
${pace.consumer === undefined ? '' : kafkaSource(ports)}${poolText(pace, ports, cloud)}store: { type: file, dir: ./state }
server: { listen: "127.0.0.1:${ports.server}" }
`
}

const kafkaSource = (
  ports: Ports,
): string => `  # Asks the broker itself how much was written and how much of it the consumers have done.
  kafka: { type: kafka, brokers: ["${brokerAddress(ports)}"], interval: 1s }
`

/** Asked every second, so that the demo sees at once who is ready. */
const care = `  # Asked every second, so that the demo sees at once who is ready; but only ten silent seconds mean death, because the
  # whole fleet shares one machine, which may be busy.
  probe: { http: /ready, every: 1s, timeout: 1s, failures: 10, startWithin: 60s }
  drain: { http: /drain, grace: 10s }`

/** The policies of the demo by their workload. */
export function policiesOf(pace: Pace, ports: Ports): [string, string][] {
  const { consumer } = pace
  const ingest: [string, string] = [workload, policyText(pace, ports)]
  if (consumer === undefined) return [ingest]
  return [ingest, [consumerWorkload, consumerPolicyText(consumer, ports)]]
}

/** policies/ingest.yaml. */
function policyText(pace: Pace, ports: Ports): string {
  const { band, window, rate, consumer } = pace
  const sink =
    consumer === undefined
      ? `--sink, file, --dir, "\${data}"`
      : `--kafka, "${brokerAddress(ports)}", --topic, ${topic}`
  return `workload: ${workload}
pool: ${poolOf(pace).name}
run:
${startText(pace, sink)}
${care}
${sizeText(pace)}
rules:
  # CPU would mean little here: all instances share the cores of one machine. Events a second mean the same everywhere.
  - name: load
    source: instances
    query: sum(rate(api_requests_count{workload="${workload}"}[${sayDuration(rate)}]))
    per: workload
    window: ${sayDuration(window)}             # usually 5m
    integral: { above: ${band.above}, below: ${band.below} }
${tempoText(pace, { out: 1, in: 1 })}`
}

/** policies/consumer.yaml. */
function consumerPolicyText(consumer: ConsumerPace, ports: Ports): string {
  const { work, window, within, trifle, over, settle, inHold } = consumer
  const rate = Math.floor((1000 / work) * 0.9)
  return `workload: ${consumerWorkload}
pool: ${poolOf({ consumer }).name}
run:
  # The module stands for what a consumer does with an event: it takes ${work} ms for each, one after the other. Batches are small,
  # so that one does not take seconds.
  command: [node, ingest/consumer/main.ts, --addr, "127.0.0.1:\${port}", --kafka, "${brokerAddress(ports)}", --topic, ${topic},
    --group, ${group}, --sink, file, --dir, "\${data}", --transform, demo/work.ts, --batch-events, "25"]
  env: { DEMO_WORK_MS: "${work}" }
${care}
${sizeText(consumer)}
rules:
  - name: lag
    source: kafka
    query: lag(group=${group}, topic=${topic})
    per: workload
${remarked(`    window: ${sayDuration(window)}`, 'usually 5m')}
    backlog:
${remarked(`      within: ${sayDuration(within)}`, 'usually 5m: what waits is to be worked off in that time')}
${remarked(`      trifle: ${sayDuration(trifle)}`, 'usually a tenth of within')}
      production: produced(topic=${topic})
      consumption: consumed(group=${group}, topic=${topic})
      partitions: partitions(topic=${topic})
${remarked(`      rate: ${rate}`, 'what one manages a second, until that has been measured')}
${remarked(`      over: ${sayDuration(over)}`, 'usually 1m')}
${remarked(`      memory: ${sayDuration(over * 2)}`, 'usually 1d')}
      rebalancing: { query: rebalancing(group=${group}), settle: ${sayDuration(settle)}, atMost: 30s }
${remarked(`      in: { hold: ${sayDuration(inHold)} }`, 'usually 10m')}
${tempoText(consumer, { out: '100%', in: '50%' })}  sharePerTick: 50          # usually 25
`
}

const remarked = (text: string, remark: string): string => `${text.padEnd(27)} # ${remark}`

const sizeText = ({ size }: Tempo): string => `size: { min: ${size.min}, max: ${size.max} }`

const tempoText = (
  { outWait, inWait, inHold }: Tempo,
  step: { out: number | string; in: number | string },
): string => `out:
  step: ${step.out}
  wait: ${sayDuration(outWait)}                  # usually 60s
  # Usually at most 4, or twice its size, in an hour. The demo goes through its day in two minutes.
  perHour: { count: 100 }
in:
  step: ${step.in}
  wait: ${sayDuration(inWait)}                  # usually 5m
  hold: ${sayDuration(inHold)}                 # usually 10m
  # Usually at most half of its size in an hour, which would forbid the way back to min within this demo.
  perHour: { count: 100 }
`
