/**
 * Clocks that disagree: certificates are not valid yet, tokens have run out, etcd complains. Compared with the workstation,
 * which makes the certificates, and with the middle of all hosts.
 */
import type { HostFacts } from '../facts/types.ts'
import { type Check, type CheckInput, everyRole, type Problem } from './types.ts'

// Certificates start five minutes before they are made (kubeadm's CertificateBackdate); a minute is far from that and from chance.
const errorSeconds = 60
const warningSeconds = 5
// `date +%s` cuts the fraction off.
const resolution = 1

export const clockSkew: Check = {
  ids: ['ClockSkew'],
  title: 'the clocks agree',
  roles: everyRole,
  run: (input) => {
    const { facts, all } = input
    if (Number.isNaN(facts.clock.host)) return [unreadable]
    const fromHosts = offset(facts) - median([...all.values()].map(offset))
    const fromWorkstation = offset(facts)
    // Where both are off by about the same, the host is: the workstation agrees with the others.
    const isHosts = Math.abs(fromHosts) + 2 * resolution >= Math.abs(fromWorkstation)
    return isHosts ? apart(input, fromHosts, otherHosts) : apart(input, fromWorkstation, workstation)
  },
}

/** How far a host's clock is ahead of the workstation's. */
const offset = ({ clock }: HostFacts): number => clock.host - clock.workstation

const median = (values: readonly number[]): number => {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper
  return (lower + upper) / 2
}

type Reference = { readonly name: string; readonly remedy: string }

const otherHosts: Reference = {
  name: 'the middle of all hosts',
  remedy:
    'on the host: timedatectl set-ntp true (with chrony or systemd-timesyncd installed), then see `timedatectl status`',
}

const workstation: Reference = {
  name: 'the clock of this machine',
  remedy: 'see which of the two is wrong with `date -u` on both, then `timedatectl set-ntp true` there',
}

/** Only what is certain counts: all that the measurement may have added is taken off first. */
const apart = ({ facts }: CheckInput, difference: number, reference: Reference): readonly Problem[] => {
  const certain = Math.abs(difference) - facts.clock.roundTrip / 2 - resolution
  if (certain <= warningSeconds) return []
  return [
    {
      severity: certain > errorSeconds ? 'error' : 'warning',
      message: `the clock is ${Math.round(Math.abs(difference))} s ${difference > 0 ? 'ahead of' : 'behind'} ${reference.name}`,
      remedy: reference.remedy,
    },
  ]
}

const unreadable: Problem = {
  severity: 'error',
  message: "the host's clock could not be read",
  remedy: 'see what `date +%s` says there',
}
