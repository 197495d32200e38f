import { describe, expect, test } from 'vitest'
import { mentions, substitute } from '../../../../controller/providers/process/substitute.ts'
import { the } from './bench.ts'

const values = { port: '8100', data: '/data', evil: `${the('port')} $& $1 $$ '"` }

describe('substitution', () => {
  const rows = [
    {
      what: 'a name is replaced wherever it stands',
      text: `a${the('port')}b${the('port')}`,
      becomes: 'a8100b8100',
    },
    { what: 'an unknown name stays', text: the('other'), becomes: the('other') },
    { what: 'a name of every object stays', text: the('constructor'), becomes: the('constructor') },
    { what: 'a value is not read again', text: the('evil'), becomes: values.evil },
    {
      what: 'a name with other signs stays',
      text: `$port ${the('po rt')} $\{port`,
      becomes: `$port ${the('po rt')} $\{port`,
    },
    { what: 'a brace of another stays', text: `$${the('port')}}`, becomes: '$8100}' },
    { what: 'nothing stays nothing', text: '', becomes: '' },
  ]
  test.for(rows)('$what', ({ text, becomes }) => {
    expect(substitute(text, values)).toBe(becomes)
  })

  test('a folder is asked for only by its exact name', () => {
    expect(mentions(['a', `x${the('data')}/y`], 'data')).toBe(true)
    expect(mentions(['data', '$data', the('datas')], 'data')).toBe(false)
  })
})
