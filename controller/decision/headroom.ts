/** A machine with our labels that belongs to no pool of this controller, or that cannot be understood. Listings tell of it; nothing else is done with it. */
export interface Stray {
  name: string
  why: string
}

/** How many more of something can be had; `why` says by whose word, as in "the quota of 12 VMs leaves room for". */
export interface Room {
  left: number
  why: string
}

/**
 * What a provider could do at the moment beyond what is there, or has been asked for. What is absent is not bounded, or cannot be
 * told.
 */
export interface Headroom {
  hosts?: Room
  /** Changes that can be begun at once. */
  operations?: Room
}
