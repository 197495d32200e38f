import { describe, expect, test } from 'vitest'
import { command, exits } from '../../../controller/commands/command.ts'
import { dispatch } from '../../../controller/commands/dispatch.ts'
import { filesOf } from '../policy/support.ts'
import { witness } from './support.ts'

const greet = command({
  name: 'greet',
  summary: 'Says hello.',
  operands: 'NAME',
  options: { times: { type: 'string', short: 't', value: 'N', default: '1', text: 'how often' } },
  exits: { [exits.ok]: 'it was said', 3: 'nobody is there' },
  run({ values, positionals }, context) {
    if (positionals.length === 0) return 3
    context.out(`${values.json === true ? 'JSON ' : ''}hello ${positionals.join()} ${values.times}`)
    return exits.ok
  },
})

const fail = command({
  name: 'fail',
  summary: 'Throws.',
  options: {},
  exits: {},
  run: () => Promise.reject(new Error('the disk is gone')),
})

async function run(...argv: string[]): Promise<{ code: number; written: string; complaints: string }> {
  const context = witness(filesOf({}))
  const code = await dispatch(argv, { greet: async () => greet, fail: async () => fail }, context)
  return { code, written: context.written.join('\n'), complaints: context.complaints.join('\n') }
}

const overview = `capuchin COMMAND [options]

  greet  Says hello.
  fail   Throws.

capuchin COMMAND --help tells its options and exit codes.`

const help = `capuchin greet NAME [options]

Says hello.

Options:
  -t, --times N  how often (1)
      --json     print JSON
  -h, --help     print this

Exit codes:
  0  it was said
  3  nobody is there`

describe('what a command line comes to', () => {
  test.for<{ name: string; argv: string[]; code: number; written?: string; complaints?: string }>([
    { name: 'a command with its defaults', argv: ['greet', 'Ann'], code: 0, written: 'hello Ann 1' },
    {
      name: 'options and operands',
      argv: ['greet', '-t', '2', '--json', 'Ann', 'Bo'],
      code: 0,
      written: 'JSON hello Ann,Bo 2',
    },
    { name: 'an exit code of its own', argv: ['greet'], code: 3 },
    { name: 'help of a command', argv: ['greet', '--help'], code: 0, written: help },
    { name: 'help of all', argv: ['--help'], code: 0, written: overview },
    { name: 'no command at all', argv: [], code: 2, complaints: overview },
    {
      name: 'a command with a slip',
      argv: ['gret'],
      code: 2,
      complaints: `capuchin: there is no command "gret"; did you mean "greet"?\n${overview}`,
    },
    {
      name: 'a command like none',
      argv: ['deploy'],
      code: 2,
      complaints: `capuchin: there is no command "deploy"\n${overview}`,
    },
    {
      name: 'an option with a slip',
      argv: ['greet', '--tims', '2'],
      code: 2,
      complaints:
        'capuchin greet: there is no option --tims; did you mean "--times"?\ncapuchin greet --help tells its options',
    },
    {
      name: 'an option without its value',
      argv: ['greet', '--times'],
      code: 2,
      complaints:
        "capuchin greet: Option '-t, --times <value>' argument missing\ncapuchin greet --help tells its options",
    },
    {
      name: 'an operand that the command does not take',
      argv: ['fail', 'now'],
      code: 2,
      complaints:
        "capuchin fail: Unexpected argument 'now'. This command does not take positional arguments\ncapuchin fail --help tells its options",
    },
  ])('$name', async ({ argv, code, written = '', complaints = '' }) => {
    expect(await run(...argv)).toEqual({ code, written, complaints })
  })

  test('a command that throws is a failure with its reason', async () => {
    const { code, complaints } = await run('fail')
    expect(code).toBe(1)
    expect(complaints).toMatch(/^capuchin fail: Error: the disk is gone\n/)
  })
})
