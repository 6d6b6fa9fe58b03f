/**
 * Who leads: what a Lease says, and what it is worth. It names its last holder for 15 s after that one has ended, unless it is given
 * back. Takes a Lease and what runs on a host; gives a verdict on it, or gives the Lease back.
 */
import { type ApiClient, isConflict } from '../../api/client.ts'
import { objectPath, readObject } from '../../api/objects.ts'
import type { ObjectRef } from '../../api/types.ts'
import type { HostComponents } from './host-components.ts'

export type Lease = {
  readonly component: string
  readonly version: string
  readonly holder: string
  /** Both by the holder's clock, in milliseconds. */
  readonly acquired: number
  readonly renewed: number
}

type LeaseObject = {
  readonly metadata: { readonly resourceVersion?: string }
  readonly spec?: {
    readonly holderIdentity?: string
    readonly acquireTime?: string
    readonly renewTime?: string
  }
}

const leaseRef = (name: string): ObjectRef => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { namespace: 'kube-system', name },
})

/** undefined where nobody holds it. */
export const readLease = async (api: ApiClient, component: string): Promise<Lease | undefined> => {
  const { metadata, spec } = ((await readObject(api, leaseRef(component))) ?? {}) as Partial<LeaseObject>
  if (!spec?.holderIdentity) return undefined
  return {
    component,
    version: metadata?.resourceVersion ?? '',
    holder: spec.holderIdentity,
    acquired: Date.parse(spec.acquireTime ?? ''),
    renewed: Date.parse(spec.renewTime ?? ''),
  }
}

/** `leads`: a process that runs now holds it. `ended`: the one that does has. `unknown`: time will tell. */
export type Verdict = 'leads' | 'ended' | 'unknown'

/** A component takes a lease that nobody renews after 15 s, and tries every 2 to 4.4 s (client-go: RetryPeriod, JitterFactor). */
const takesOverMs = 20_000

/** The rest of a holder's name is a new one at each start. */
const hostOf = (holder: string): string => holder.slice(0, Math.max(0, holder.lastIndexOf('_')))

/** `before`: when it had been renewed as it was first seen. `components` have to be looked at after the lease was read. */
export const judge = (lease: Lease, before: number, { hostname, now, since }: HostComponents): Verdict => {
  const made = since(lease.component)
  const newest = Math.max(...made)
  if (hostOf(lease.holder) === hostname) {
    if (made.length > 0 && lease.acquired >= newest) return 'leads'
    // One that runs has been made before it ever renewed its lease: nobody's clock but this host's is asked.
    return made.every((each) => each > lease.renewed) ? 'ended' : 'unknown'
  }
  // Of a process elsewhere, only that it renews says that it lives; or that the one here has not taken over, long since.
  const isPassedOver = made.length > 0 && now - newest > takesOverMs
  return lease.renewed !== before || isPassedOver ? 'leads' : 'unknown'
}

/** Whoever waits for it takes it at its next try. Where somebody has taken or renewed it meanwhile, nothing is done. */
export const giveBack = async (api: ApiClient, { component, version }: Lease): Promise<void> => {
  const body = { metadata: { resourceVersion: version }, spec: { holderIdentity: '' } }
  const path = await objectPath(api, leaseRef(component))
  await api
    .request('PATCH', `${path}?fieldManager=slipway`, { body, contentType: 'application/merge-patch+json' })
    .catch((error: unknown) => {
      if (!isConflict(error)) throw error
    })
}
