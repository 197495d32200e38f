/**
 * Times stand in the page as UTC; whoever points at one is told it by the clock of this machine.
 * @param {ParentNode} within
 */
export function tellTimes(within) {
  for (const time of within.querySelectorAll('time')) {
    const at = new Date(time.dateTime)
    time.title = `${at.toLocaleString()} here`
  }
}
