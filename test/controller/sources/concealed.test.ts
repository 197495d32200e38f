import { expect, test } from 'vitest'
import { concealed } from '../../../controller/sources/endpoint.ts'

const secrets = {
  auth: { username: 'capuchin', password: 'open sesame' },
  headers: { Authorization: 'Bearer abcdefgh', 'X-Short': 'a' },
}
const basic = Buffer.from('capuchin:open sesame').toString('base64')

test.for<{ name: string; said: unknown; comes: unknown }>([
  { name: 'a password', said: 'no "open sesame" here', comes: 'no "***" here' },
  { name: 'a password as HTTP sends it', said: `Basic ${basic}`, comes: 'Basic ***' },
  { name: 'a header, as a whole and its words', said: 'Bearer abcdefgh, abcdefgh', comes: '***, ***' },
  { name: 'what lies deeper', said: { a: ['abcdefgh', 1, null] }, comes: { a: ['***', 1, null] } },
  { name: 'not what is too short to be one', said: 'a cat', comes: 'a cat' },
])('what a server says is told without $name', ({ said, comes }) => {
  expect(concealed(said, secrets)).toEqual(comes)
})
