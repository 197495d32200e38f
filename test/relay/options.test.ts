import { expect, test } from 'vitest'
import { parseOptions } from '../../relay/options.ts'
import { USAGE, variableOf } from '../../relay/usage.ts'

const parse = (args: string[], env = {}) => parseOptions(args, env, 'web-1.example')

test('what is not said stands in the environment, or is as usual', () => {
  const env = {
    CAPUCHIN_RELAY_GRAPHITE: 'a=10.0.0.1:2003,[::1]:2003',
    CAPUCHIN_RELAY_RESEND_RATE: '7',
    CAPUCHIN_RELAY_LISTEN: 'off',
  }
  const parsed = parse(['--dir', '/d', '--socket', '/s', '--resend-rate', '9', '--max-age', '3d'], env)
  expect(parsed).toMatchObject({
    kind: 'run',
    options: {
      graphite: [
        { name: 'a', host: '10.0.0.1', port: 2003 },
        { name: '[::1]:2003', host: '::1', port: 2003 },
      ],
      socket: '/s',
      resendRate: 9,
      bounds: { disk: 2 ** 30, memory: 2 ** 24, age: 3 * 86_400_000 },
      report: 'capuchin.relay.web-1_example',
      http: { host: '127.0.0.1', port: 3003 },
    },
  })
  expect(parsed).not.toHaveProperty('options.tcp')
})

test.for([
  { args: [], why: '--graphite is missing' },
  { args: ['--graphite', 'a:1'], why: '--dir is missing' },
  { args: ['--graphite', 'a', '--dir', 'd'], why: '--graphite a is no address' },
  { args: ['--graphite', 'a:1', '--graphite', 'a:1', '--dir', 'd'], why: 'names one server twice' },
  { args: ['--graphite', 'a:1', '--dir', 'd', '--buffer', '1MiB'], why: '--buffer 1MiB is too small' },
  { args: ['--graphite', 'a:1', '--dir', 'd', '--overlap', '5'], why: '--overlap 5 is no time' },
  { args: ['--graphite', 'a:1', '--dir', 'd', '--allow', '('], why: '--allow ( is no regular expression' },
  { args: ['--graphite', 'a:1', '--dir', 'd', '--prefix', 'a b'], why: '--prefix a b cannot begin a name' },
  { args: ['--graphite', 'a:1', '--dir', 'd', '--listen', 'off'], why: 'neither --listen nor --socket' },
  { args: ['--graphite', 'a:1', '--dir', 'd', '--nonsense'], why: "Unknown option '--nonsense'" },
])('wrong usage is told: $why', ({ args, why }) => {
  expect(parse(args)).toMatchObject({ kind: 'wrong', why: expect.stringContaining(why) })
})

test('help tells each option with its default', () => {
  expect(parse(['--help'])).toEqual({ kind: 'help' })
  for (const part of ['--resend-rate LINES', '(1GiB)', variableOf('resend-rate'), 'Exit codes'])
    expect(USAGE).toContain(part)
})
