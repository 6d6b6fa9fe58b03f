/**
 * The way to upstream's servers and to their mirrors. Takes an environment (proxies, credentials), further CAs and mirrors; gives a
 * value to ask and to download with, which is closed when the bundle is made.
 */
import { type Patience, usualPatience } from '../http/patience.ts'
import type { Environment } from '../http/proxy-choice.ts'
import { openTransport, type Transport } from '../http/transport.ts'
import { openRegistry } from '../registry/open-registry.ts'
import type { RegistrySession } from '../registry/session.ts'
import type { Mirrors } from './mirrors.ts'

export type Reach = {
  readonly transport: Transport
  /** How long one answer is waited for; where nothing is said, as long as the transport does. */
  readonly limitMs?: number
  /** The same session each time: tokens and credentials are asked for once. */
  readonly registry: (origin: URL) => RegistrySession
}

export type Way = {
  readonly mirrors: Mirrors
  readonly patient: Reach
  /** One attempt, for what there is another answer to when nobody is there. */
  readonly glance: Reach
  readonly close: () => void
}

export type WayOptions = {
  readonly environment: Environment
  readonly caFile?: string | undefined
  readonly mirrors: Mirrors
  readonly patience?: Patience
}

const reachBy = (transport: Transport, environment: Environment): Reach => {
  const sessions = new Map<string, RegistrySession>()
  return {
    transport,
    registry: (origin) => {
      const session = sessions.get(origin.href) ?? openRegistry(transport, origin, environment)
      sessions.set(origin.href, session)
      return session
    },
  }
}

/** A firewall that drops everything would be noticed after minutes, and whoever can be reached answers in one of these seconds. */
const glanceMs = 5_000

const atOnceOrNever = { attempts: 1, firstWaitMs: 0, longestWaitMs: 0 }

export const openWay = async (options: WayOptions): Promise<Way> => {
  const { environment, caFile, mirrors, patience = usualPatience } = options
  const patient = await openTransport({ environment, caFile, patience })
  const glance = await openTransport({ environment, caFile, patience: atOnceOrNever })
  return {
    mirrors,
    patient: reachBy(patient, environment),
    glance: { ...reachBy(glance, environment), limitMs: glanceMs },
    close: () => {
      patient.close()
      glance.close()
    },
  }
}
