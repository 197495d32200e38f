import { expect, test } from 'vitest'
import { accountOf } from './account.ts'

const once = { tries: 1, acknowledged: true }
const twice = { tries: 2, acknowledged: true }
const givenUp = { tries: 3, acknowledged: false }

const CLEAN = { lost: [], invented: [], doubled: [], overcounted: [], sentAgain: 0, writtenAgain: 0 }

test.for([
  {
    name: 'each event once is as it should be',
    sent: [once, twice],
    held: [
      { n: 0, records: 1, ids: 1 },
      { n: 1, records: 1, ids: 1 },
    ],
    account: {},
  },
  { name: 'what was acknowledged and is not there is lost', sent: [once], held: [], account: { lost: [0] } },
  { name: 'what was never acknowledged may be there or not', sent: [givenUp], held: [], account: {} },
  {
    name: 'a client that sent it twice may find it twice',
    sent: [twice],
    held: [{ n: 0, records: 2, ids: 2 }],
    account: { sentAgain: 1 },
  },
  {
    name: 'a gateway that wrote it twice gave it one id',
    sent: [once],
    held: [{ n: 0, records: 2, ids: 1 }],
    account: { writtenAgain: 1 },
  },
  {
    name: 'two ids for what was sent once are too many',
    sent: [once],
    held: [{ n: 0, records: 2, ids: 2 }],
    account: { doubled: [0], overcounted: [0], sentAgain: 1 },
  },
  {
    name: 'three ids for what was sent twice are too many',
    sent: [twice],
    held: [{ n: 0, records: 3, ids: 3 }],
    account: { overcounted: [0], sentAgain: 1 },
  },
  {
    name: 'what nobody sent is invented',
    sent: [],
    held: [{ n: 7, records: 1, ids: 1 }],
    account: { invented: [7], overcounted: [7] },
  },
])('$name', ({ sent, held, account }) => expect(accountOf(sent, held)).toEqual({ ...CLEAN, ...account }))
