import { startFinding } from './find.js'
import { startHand } from './hand.js'
import { startHosts } from './hosts.js'
import { startLive } from './live.js'
import { startPulse } from './pulse.js'
import { startSigningIn } from './sign-in.js'
import { tellTimes } from './times.js'

// What is written by the server is a whole page already. This adds what is new, what is by the clock, and the operator's hand.

const { live, version } = document.body.dataset
document.documentElement.classList.add('live')
startSigningIn()
tellTimes(document)
if (live !== undefined && version !== undefined) startLive(live, version, startPulse())
if (document.getElementById('word') !== null) {
  startHand()
  startHosts()
}
startFinding()
