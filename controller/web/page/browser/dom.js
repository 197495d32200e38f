/**
 * An element that the page is sure to have.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function the(id, type) {
  const found = document.getElementById(id)
  if (found instanceof type) return found
  throw new Error(`the page has no ${id}`)
}

/**
 * @param {number} ms
 * @returns {string} 45s, 5m, 2h10m, 3d4h
 */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 120) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours}h${minutes % 60}m` : `${Math.floor(hours / 24)}d${hours % 24}h`
}

/**
 * @param {string} name
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function make(name, text) {
  const made = document.createElement(name)
  if (text !== undefined) made.textContent = text
  return made
}
