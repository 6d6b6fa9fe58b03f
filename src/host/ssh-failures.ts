/** Why a connection did not come about, in words, with what to do. */
import { errorMessage, HostError } from '../errors.ts'
import type { Credentials } from './credentials.ts'
import type { Verdict } from './known-hosts.ts'
import type { SshTarget } from './ssh-target.ts'

const where = ({ name, user, host, port }: SshTarget): string => `${name} (${user}@${host}:${port})`
const doing = 'connecting'

/** Of a key that is not the one that is known; undefined where it is. */
export const keyRefusal = (target: SshTarget, verdict: Verdict): HostError | undefined => {
  const fail = (message: string, hint: string) => new HostError(message, { host: target.name, doing, hint })
  if (verdict.kind === 'changed') {
    const places = verdict.known.map(({ file, line }) => `${file}:${line}`).join(', ')
    return fail(
      `the host key of ${where(target)} is not the one that is known (${places})`,
      `somebody may be in between. If the host was really made anew, remove that line and connect once with ssh`,
    )
  }
  if (verdict.kind === 'revoked')
    return fail(
      `the host key of ${where(target)} is revoked (${verdict.at.file}:${verdict.at.line})`,
      'do not use this host until it has a new key',
    )
  if (verdict.kind === 'unknown')
    return fail(
      `the host key of ${where(target)} is not known`,
      'compare it and connect once with ssh, or run with --accept-new to pin what the host shows now',
    )
  return undefined
}

export const pinFailure = (target: SshTarget, pinFile: string, cause: unknown): HostError =>
  new HostError(
    `the host key of ${where(target)} cannot be pinned`,
    {
      host: target.name,
      doing,
      output: errorMessage(cause),
      hint: `see to it that you may write ${pinFile}, or connect once with ssh`,
    },
    cause,
  )

const hints: readonly { readonly match: RegExp; readonly hint: (target: SshTarget) => string }[] = [
  {
    match: /ECONNREFUSED/,
    hint: ({ port }) => `nothing listens on port ${port} there: is sshd running, is ssh.port right?`,
  },
  {
    match: /ENOTFOUND|EAI_AGAIN/,
    hint: ({ host }) => `the name ${host} cannot be resolved: correct it, or use the address`,
  },
  {
    match: /EHOSTUNREACH|ENETUNREACH/,
    hint: ({ host }) => `there is no way to ${host} from here: is a bastion needed (ssh.bastion)?`,
  },
  {
    match: /Timed out|ETIMEDOUT/i,
    hint: ({ host }) => `${host} does not answer: is it on, and does a firewall drop the packets?`,
  },
]

const notLetIn = (target: SshTarget, { tried, locked }: Credentials): HostError => {
  const [closed] = locked
  return new HostError(`${where(target)} did not let us in`, {
    host: target.name,
    doing,
    output: `tried: ${tried.join(', ') || 'nothing: there is no key, agent or password'}`,
    hint: closed
      ? `open the key in the agent first: ssh-add ${closed}`
      : `put the public key there: ssh-copy-id -p ${target.port} ${target.user}@${target.host}; or name another with ssh.identityFile`,
  })
}

export const connectionFailure = (
  target: SshTarget,
  credentials: Credentials,
  error: Error & { level?: string },
): HostError => {
  if (error.level === 'client-authentication' || /authentication methods failed/i.test(error.message))
    return notLetIn(target, credentials)
  const hint = hints
    .find(({ match }) => match.test(`${(error as { code?: string }).code ?? ''} ${error.message}`))
    ?.hint(target)
  return new HostError(
    `cannot connect to ${where(target)}`,
    { host: target.name, doing, output: error.message, hint },
    error,
  )
}
