import { describe, expect, test } from 'vitest'
import { parseOptions } from '../../../ingest/gateway/options.ts'

const FILE = ['--sink', 'file', '--dir', '/data']
const DEFAULTS = { address: { port: 8080 }, dir: '/data', grace: 30_000, readWithin: 20_000 }

describe('the command line', () => {
  test.for([
    { name: 'only needs a sink and its folder', args: [], options: DEFAULTS },
    {
      name: 'takes a host and a port',
      args: ['--addr', '127.0.0.1:8101'],
      options: { ...DEFAULTS, address: { host: '127.0.0.1', port: 8101 } },
    },
    {
      name: 'takes a port alone, for all addresses',
      args: ['--addr', ':0'],
      options: { ...DEFAULTS, address: { port: 0 } },
    },
    {
      name: 'takes an IPv6 address in brackets',
      args: ['--addr', '[::1]:8101'],
      options: { ...DEFAULTS, address: { host: '::1', port: 8101 } },
    },
    { name: 'takes a grace in seconds', args: ['--grace', '5s'], options: { ...DEFAULTS, grace: 5_000 } },
    { name: 'takes a grace in minutes', args: ['--grace', '2m'], options: { ...DEFAULTS, grace: 120_000 } },
    {
      name: 'takes a time-out in milliseconds',
      args: ['--read-timeout', '500ms'],
      options: { ...DEFAULTS, readWithin: 500 },
    },
  ])('$name', ({ args, options }) => {
    expect(parseOptions([...FILE, ...args])).toEqual({ kind: 'run', options })
  })

  test.for([
    { name: 'says which sink is missing', args: ['--dir', '/data'], why: /--sink is missing/ },
    {
      name: 'refuses a sink that it does not have',
      args: ['--sink', 'tape', '--dir', '/data'],
      why: /--sink tape/,
    },
    { name: 'says that the folder is missing', args: ['--sink', 'file'], why: /--dir is missing/ },
    { name: 'refuses an empty folder', args: ['--sink', 'file', '--dir', ''], why: /--dir is missing/ },
    { name: 'refuses an address without a port', args: [...FILE, '--addr', 'localhost'], why: /no address/ },
    { name: 'refuses a port out of range', args: [...FILE, '--addr', ':65536'], why: /no address/ },
    { name: 'refuses a bare IPv6 address', args: [...FILE, '--addr', '::1:8080'], why: /no address/ },
    { name: 'refuses a time without a unit', args: [...FILE, '--grace', '30'], why: /--grace 30 is no time/ },
    { name: 'refuses no time at all', args: [...FILE, '--grace', '0s'], why: /--grace 0s is no time/ },
    { name: 'refuses an unknown flag', args: [...FILE, '--colour', 'red'], why: /--colour/ },
    { name: 'refuses words that belong to no flag', args: [...FILE, 'please'], why: /please/ },
  ])('$name', ({ args, why }) => {
    expect(parseOptions(args)).toEqual({ kind: 'wrong', why: expect.stringMatching(why) })
  })

  test('asks for help, whatever else is missing', () => {
    expect(parseOptions(['--help'])).toEqual({ kind: 'help' })
  })
})
