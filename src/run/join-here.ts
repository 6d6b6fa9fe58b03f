/**
 * A worker that installs itself: what `join -c` does from the workstation, with what the cluster says of itself in place of a
 * cluster file. Takes a bundle, and what discovery found; gives a prepared run like any other.
 */
import type { Bundle } from '../bundle/open.ts'
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { pkiDirectory } from '../constants.ts'
import { localHost } from '../host/local-host.ts'
import { hasJoined } from '../phases/joined.ts'
import type { PlanInput } from '../phases/types.ts'
import { caHash, caHashesIn } from '../pki/ca-hash.ts'
import type { IdentityFile } from '../pki/identity.ts'
import { certificatesIn, issuersIn } from '../pki/read-certificate.ts'
import { buildPlan } from '../plan/build.ts'
import type { Prepared, RunAround } from './cluster-run.ts'
import { nodeApi } from './node-api.ts'
import { carriedBy } from './planning.ts'
import { shippedPlaybook } from './playbook.ts'
import { preflight } from './preflight.ts'
import { type Session, sessionWith } from './session.ts'
import { survey } from './survey.ts'

export type JoinHere = {
  /** As the cluster describes itself, with this host in it. */
  readonly config: ClusterConfig
  readonly host: HostConfig
  readonly caPem: string
  readonly token: string
  readonly bundle: Bundle
  readonly ignore: readonly string[]
}

const trustFile = (name: string, content: string): IdentityFile => ({
  path: `${pkiDirectory}/${name}`,
  mode: 0o644,
  content,
  secret: false,
  origin: 'issued',
})

const planInput = (join: JoinHere, { facts }: Session): PlanInput => {
  const { config, host, caPem, token, bundle } = join
  const issuers = issuersIn(caPem)
  const caHashes = caHashesIn(issuers)
  const joined = hasJoined(host, facts.get(host.name), { name: config.name, caHashes }, new Date())
  const trust = [trustFile('ca.crt', issuers), trustFile('ca-bundle.crt', issuers)]
  return {
    config,
    facts,
    identity: new Map([[host.name, trust]]),
    caPem,
    caHash: caHash(certificatesIn(issuers)[0] ?? caPem),
    ...carriedBy(bundle, facts),
    joinTokens: joined ? new Map() : new Map([[host.name, { token, expires: undefined }]]),
    userManifests: [],
  }
}

export const prepareJoinHere = async (join: JoinHere, around: RunAround): Promise<Prepared> => {
  const { config, host, caPem, bundle, ignore } = join
  const { emit, signal } = around
  const started = Date.now()
  emit({ kind: 'phase-start', phase: 'preflight', title: 'Check the hosts', hosts: [host.name] })
  const session = await sessionWith(new Map([[host.name, localHost(host.name)]]), {
    config,
    lock: true,
    signal,
  })
  try {
    const input = planInput(join, session)
    preflight({
      config,
      facts: session.facts,
      hosts: [host],
      caHashes: caHashesIn(issuersIn(caPem)),
      bundled: bundle.architectures,
      ignore,
      emit,
    })
    emit({ kind: 'phase-end', phase: 'preflight', seconds: (Date.now() - started) / 1000 })
    const { phases } = shippedPlaybook('join-here')
    const plan = buildPlan(input, [{ phases, hosts: [host] }])
    const api = nodeApi(config, caPem, signal)
    const close = async (): Promise<void> => {
      api.close()
      await session.close()
    }
    const looked = await survey(plan, [...session.hosts.values()], signal)
    return { plan, survey: looked, session, api, blobs: bundle.inPlace, close }
  } catch (error) {
    await session.close()
    throw error
  }
}
