/**
 * Certificates issued anew: in a cluster that is in use, or in one that is off. Takes what is asked for; gives the prepared run, or
 * refuses what makes no sense.
 */
import type { HostConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { type Asked, overdue, ownKubeconfigName, renewalOf } from '../pki/renewal.ts'
import { refuseToRenew } from '../pki/requests.ts'
import { generationsOf } from '../pki/rotation/generations.ts'
import { authorityRows } from '../pki/table.ts'
import { hostByHost } from '../plan/host-by-host.ts'
import { inTurn } from '../plan/in-turn.ts'
import { type Manner, prepareWith, type RenewPrepared } from './renew-prepare.ts'
import { openRenewal, type RenewOptions, type RenewSession } from './renew-session.ts'

/** The key that signs tokens is no matter here: its predecessor is trusted for as long as tokens live, up to a year. */
const refuseRotating = ({ authorities }: RenewSession): void => {
  const begun = authorityRows.find(({ id }) => generationsOf(authorities, id).length > 1)
  if (begun === undefined) return
  throw new UserError(`the CA ${begun.file} is being replaced: that issues everything anew`, {
    hint: 'bring it to its end first: slipway certs rotate-ca',
    exitCode: 1,
  })
}

const prepareAs = async (
  options: RenewOptions,
  manner: Manner,
  refuse: (looked: RenewSession) => void,
): Promise<RenewPrepared> => {
  const looked = await openRenewal(options)
  try {
    refuse(looked)
    return await prepareWith(options, looked, manner)
  } catch (error) {
    await looked.session.close()
    throw error
  }
}

const controlPlanes = (hosts: readonly HostConfig[]): readonly string[] =>
  hosts.filter(({ role }) => role === 'control-plane').map(({ name }) => name)

/** An age may well leave nothing; a name that is on none of these hosts is a mistake. */
const chooseAsked =
  (asked: Asked): Manner['choose'] =>
  (hosts, now) => {
    const renewal = renewalOf(asked, hosts, now)
    const { names = [], olderThanSeconds } = asked
    const onHosts = names.filter((name) => name !== ownKubeconfigName)
    if (renewal.count > 0 || onHosts.length === 0 || olderThanSeconds !== undefined) return renewal
    throw new UserError(`there is no ${onHosts.join(', ')} on ${hosts.map(({ name }) => name).join(', ')}`, {
      hint: 'workers have kubelet.conf and kubelet-serving; see what there is: slipway certs check',
    })
  }

/** Host by host, each proved before the next is begun: should the new certificates not work, one host has them. */
export const prepareRenewal = async (options: RenewOptions, asked: Asked): Promise<RenewPrepared> => {
  refuseToRenew(options.config)
  const manner: Manner = {
    playbook: 'certs-renew',
    choose: chooseAsked(asked),
    order: (plan) => hostByHost(plan, controlPlanes(options.config.hosts)),
  }
  return prepareAs(options, manner, refuseRotating)
}

/** Phase by phase: an etcd that has lost its quorum comes back when several of its members do. */
export const prepareRescue = (options: RenewOptions): Promise<RenewPrepared> =>
  prepareAs(options, { playbook: 'certs-rescue', choose: overdue, order: inTurn }, () => undefined)
