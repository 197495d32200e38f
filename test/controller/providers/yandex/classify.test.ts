import { expect, test } from 'vitest'
import type { FailureCode } from '../../../../controller/providers/yandex/api.ts'
import {
  classify,
  failureOf,
  faultOf,
  type Status,
  scrub,
  statusOf,
} from '../../../../controller/providers/yandex/classify.ts'

const rows: readonly [string, Status | 'LOCAL', string, FailureCode][] = [
  [
    'too many VMs is a quota, and asking again soon does not help',
    'RESOURCE_EXHAUSTED',
    'The limit on maximum number of instances has exceeded.',
    'quota',
  ],
  [
    'too many bytes on disks is a quota',
    'RESOURCE_EXHAUSTED',
    'The limit on total size of network-hdd disks has exceeded.',
    'quota',
  ],
  [
    'a quota of another service is a quota, too',
    'RESOURCE_EXHAUSTED',
    'Quota limit vpc.externalAddresses.count exceeded',
    'quota',
  ],
  [
    'an unknown text of exhaustion is taken for a quota: it is asked least often',
    'RESOURCE_EXHAUSTED',
    '',
    'quota',
  ],
  [
    'too many operations at a time pass soon',
    'RESOURCE_EXHAUSTED',
    'The limit on maximum number of active operations has exceeded.',
    'limit',
  ],
  [
    'asking too fast passes soon',
    'RESOURCE_EXHAUSTED',
    'Request rate limit exceeded, too many requests',
    'transient',
  ],
  [
    'a zone without machines says so with the code of a quota',
    'RESOURCE_EXHAUSTED',
    'Not enough resources',
    'capacity',
  ],
  ['a zone without machines may say so with another code', 'UNAVAILABLE', 'Not enough resources', 'capacity'],
  ['a token that is not known any more', 'UNAUTHENTICATED', 'The token is invalid', 'auth'],
  ['an account that lacks the role', 'PERMISSION_DENIED', 'Permission denied', 'auth'],
  ['a VM that does not exist', 'NOT_FOUND', 'Instance fhm1 not found', 'not-found'],
  ['a name that is taken', 'ALREADY_EXISTS', 'Instance with name "edge-1" already exists', 'exists'],
  ['a name that is none', 'INVALID_ARGUMENT', 'Illegal argument name', 'invalid'],
  ['a page that is none', 'OUT_OF_RANGE', 'page', 'invalid'],
  ['a method that is none', 'UNIMPLEMENTED', 'no such method', 'invalid'],
  ['a request that cannot be sent', 'LOCAL', 'Metadata string value contains illegal characters', 'invalid'],
  [
    'a state that somebody has to change first',
    'FAILED_PRECONDITION',
    'Instance must be stopped before its disk is detached',
    'invalid',
  ],
  [
    'a state that an operation under way will end',
    'FAILED_PRECONDITION',
    'Operation op1 on the instance is in progress',
    'transient',
  ],
  [
    'another operation under way, in other words',
    'FAILED_PRECONDITION',
    'The instance has another operation',
    'transient',
  ],
  ['a VM that is being changed', 'FAILED_PRECONDITION', 'Instance fhm1 is being updated', 'transient'],
  ['a VM on its way to another state', 'FAILED_PRECONDITION', 'Instance fhm1 is stopping', 'transient'],
  ['a conflict between two changes', 'ABORTED', 'conflict', 'transient'],
  ['a service that is away', 'UNAVAILABLE', 'No connection established', 'transient'],
  ['an answer that did not come in time', 'DEADLINE_EXCEEDED', 'Deadline exceeded', 'transient'],
  ['a fault of the service', 'INTERNAL', 'Internal error', 'transient'],
  ['a fault that nobody explains', 'UNKNOWN', '', 'transient'],
  ['a call that was ended on the way', 'CANCELLED', '', 'transient'],
  ['data that was lost', 'DATA_LOSS', '', 'transient'],
  ['an error that says it is none', 'OK', '', 'transient'],
]

test.each(rows)('%s', (_, status, words, code) => {
  expect(classify({ status, words })).toBe(code)
})

test('both shapes of the errors are read alike', () => {
  const alone = Object.assign(new Error('/s/M NOT_FOUND: no VM'), { code: 5, details: 'no VM' })
  const afterHeaders = new Error('/yandex.cloud.compute.v1.InstanceService/Get NOT_FOUND: no VM')
  expect(faultOf(alone)).toEqual({ status: 'NOT_FOUND', words: 'no VM' })
  expect(faultOf(afterHeaders)).toEqual({ status: 'NOT_FOUND', words: 'no VM' })
})

test('details of several lines stay whole, and an empty one is empty', () => {
  expect(faultOf(new Error('/s/M INTERNAL: one\ntwo: three'))).toEqual({
    status: 'INTERNAL',
    words: 'one\ntwo: three',
  })
  expect(faultOf(new Error('/s/M UNKNOWN: '))).toEqual({ status: 'UNKNOWN', words: '' })
})

test('what is neither shape never left this machine', () => {
  expect(faultOf(new TypeError('value.charCodeAt is not a function')).status).toBe('LOCAL')
  expect(faultOf(new Error('/s/M NO_SUCH_STATUS: x')).status).toBe('LOCAL')
  expect(faultOf('text').status).toBe('LOCAL')
})

test('an ended wait may have happened', () => {
  expect(faultOf(new DOMException('aborted', 'AbortError')).status).toBe('CANCELLED')
})

test('the error of an operation has the number of its status', () => {
  expect(statusOf(8)).toBe('RESOURCE_EXHAUSTED')
  expect(statusOf(16)).toBe('UNAUTHENTICATED')
  expect(statusOf(99)).toBe('UNKNOWN')
})

test('a failure says what was tried, and what the cloud said of it', () => {
  const fault = { status: 'NOT_FOUND', words: 'no VM' } as const
  expect(failureOf('delete VM fhm1', fault)).toEqual({
    kind: 'failed',
    code: 'not-found',
    detail: 'delete VM fhm1: NOT_FOUND no VM',
  })
})

test.each<[string, Status, string]>([
  ['an account without roles', 'PERMISSION_DENIED', 'roles in this folder'],
  ['a token that nobody knows', 'UNAUTHENTICATED', 'check auth of the pool'],
])('%s is told with the remedy', (_, status, remedy) => {
  expect(failureOf('list', { status, words: 'no' }).detail).toContain(remedy)
})

test.each([
  ['a secret that is known', 'the token opensesame was refused', 'the token *** was refused'],
  ['an IAM token that is not', 'bad token t1.9euelZqb-_x.abc-DEF_1', 'bad token ***'],
  ['a token of any kind in its header', 'with Authorization: Bearer abc.def!', 'with Authorization: ***'],
  ['a signed request', 'jwt eyJhbGciOi.eyJpc3Mi.c2ln is old', 'jwt *** is old'],
  [
    'a private key',
    'key -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- is bad',
    'key *** is bad',
  ],
  ['a private key that was cut off', 'key -----BEGIN PRIVATE KEY-----\nMIIE', 'key ***'],
])('%s is not seen in a detail', (_, text, clean) => {
  expect(scrub(text, ['opensesame', ''])).toBe(clean)
})

test('a detail is of one line and of bounded length', () => {
  expect(scrub('a\n\n  b')).toBe('a b')
  expect(scrub('x'.repeat(10_000)).length).toBeLessThan(600)
})
