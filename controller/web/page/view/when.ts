import { shortly, stampOf, timeOf } from '../../times.ts'
import { type Html, html } from './html.ts'

/** All times on the page are those of one zone, so that they can be held against logs. */
export const ZONE = 'UTC'

/** A time (epoch ms) as a clock shows it; the browser adds how it is by the clock of whoever looks. */
export const when = (at: number): Html => html`<time datetime="${isoOf(at)}">${timeOf(at, ZONE)}</time>`

/** With its date where that is not the one of `now`. */
export const whenBy = (at: number, now: number): Html =>
  html`<time datetime="${isoOf(at)}">${shortly(at, { now, zone: ZONE })}</time>`

const isoOf = (at: number): string => `${stampOf(at, ZONE).replace(' ', 'T')}Z`
