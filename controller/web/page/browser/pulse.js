import { duration, the } from './dom.js'

/**
 * `ticked`: there was a tick then (epoch ms, by the server's clock). `said`: it is now so late by that clock, and why the controller is
 * not well. `patience`: after so many ms without a tick something is wrong.
 * @typedef {{ patience: number, ticked(at: number): void, said(now: number, illness: string | undefined): void }} Pulse
 */

/**
 * Counts how long ago the last tick was, and says so loudly when it is too long: that nothing comes is no sign that nothing happens.
 * @returns {Pulse}
 */
export function startPulse() {
  const pulse = the('pulse', HTMLElement)
  const silence = the('silence', HTMLElement)
  const every = Number(pulse.dataset['every'])
  const patience = 4 * every + 30_000
  /** @type {string | undefined} */
  let ill
  let at = Number(pulse.dataset['at'])
  // Until the server has told its clock, this one is taken for it, unless it is behind.
  let ahead = Math.min(0, Date.now() - at)

  function show() {
    const age = Math.max(0, Date.now() - ahead - at)
    const isSilent = age > patience
    const isLate = age > 2 * every + 5_000
    const mood = isSilent ? 'silent' : isLate ? 'late' : 'well'
    if (pulse.className !== `is-${mood}`) pulse.className = `is-${mood}`
    const mark = isLate ? '!!' : '●'
    pulse.replaceChildren(bold(mark), ` last tick ${duration(age)} ago`)
    tell(isSilent ? silent(age) : '')
  }

  /** @param {number} age */
  const silent = (age) =>
    `NO TICK FOR ${duration(age - (age % 10_000)).toUpperCase()}${ill === undefined ? '' : ` (${ill})`}: nothing is being decided or healed, and what this page shows is as old as that. Look at the controller and its log.`

  /**
   * What is announced is only changed when it says something else.
   * @param {string} words
   */
  function tell(words) {
    if (silence.textContent !== words) silence.textContent = words
  }

  /** @param {string} text */
  function bold(text) {
    const mark = document.createElement('b')
    mark.className = 'mark'
    mark.textContent = text
    return mark
  }

  setInterval(show, 1_000)
  document.addEventListener('visibilitychange', show)
  show()
  return {
    patience,
    ticked(then) {
      at = then
      show()
    },
    said(now, illness) {
      ill = illness
      if (!Number.isNaN(now)) ahead = Date.now() - now
      show()
    },
  }
}
