/**
 * Requests out, certificates in, for CAs whose keys are kept elsewhere. Takes the cluster and a folder; gives what was written or taken
 * in. Keys never leave the cluster's folder, where they are sealed like all others.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ClusterConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import type { Authorities } from '../pki/authorities.ts'
import { certificateRequest } from '../pki/csr.ts'
import { generateKey, privateKeyPem } from '../pki/keys.ts'
import { certificatesIn } from '../pki/read-certificate.ts'
import {
  certifiedFile,
  certifiedPair,
  type OpenRequest,
  openRequests,
  type Request,
  requestFile,
  requestsFor,
  waitingKeyFile,
} from '../pki/requests.ts'
import { requestsReadme } from '../pki/requests-readme.ts'
import { answerTo } from '../pki/take-in.ts'
import type { Cluster } from './cluster.ts'
import { clusterStore } from './cluster-store.ts'

const asked = (config: ClusterConfig): readonly Request[] => {
  const requests = requestsFor(config)
  if (requests.length > 0) return requests
  throw new UserError(
    'nothing has to be asked for: the cluster file names no CA whose key is kept elsewhere',
    {
      hint: 'it would be named in certificates.authorities, by its certificate alone',
    },
  )
}

export type Written = { readonly files: readonly string[]; readonly total: number }

/** One that is waiting keeps its key, so that an answer which is on its way is still good. */
const withWaitingKey = async (
  authorities: Authorities,
  { id }: Request,
  algorithm: ClusterConfig['certificates']['algorithm'],
): Promise<readonly [string, string]> => {
  const file = waitingKeyFile(id)
  return [file, authorities.requested?.[file] ?? privateKeyPem(await generateKey(algorithm))]
}

/** What is to be certified follows from the cluster file: it is known before there is a cluster, whose own keys are made here then. */
export const writeRequests = async (
  cluster: Cluster,
  folder: string,
  { all }: { readonly all: boolean },
): Promise<Written> => {
  const { config, secrets } = cluster
  const requests = asked(config)
  const store = clusterStore(cluster)
  const authorities = (await store.load()) ?? (await store.create())
  const open = new Set(openRequests(requests, authorities, new Date()).map(({ id }) => id))
  const wanted = requests.filter(
    ({ id }) => all || open.has(id) || authorities.requested?.[waitingKeyFile(id)] !== undefined,
  )
  const keys = Object.fromEntries(
    await Promise.all(
      wanted.map((request) => withWaitingKey(authorities, request, config.certificates.algorithm)),
    ),
  )
  for (const key of Object.values(keys)) secrets?.add(key)
  // Before anybody sees a request: an answer to one whose key is lost would be worth nothing.
  await store.save({ ...authorities, requested: { ...authorities.requested, ...keys } })
  const files = wanted.map((request) => join(folder, requestFile(request, 'csr')))
  for (const [at, request] of wanted.entries()) {
    const path = files[at] ?? ''
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, await certificateRequest(request.wanted, keys[waitingKeyFile(request.id)] ?? ''))
  }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'README.md'), requestsReadme(config.name, wanted))
  return { files, total: requests.length }
}

export type TakenIn = {
  readonly taken: readonly string[]
  readonly unchanged: number
  readonly open: readonly (OpenRequest & { readonly file: string })[]
}

const answerEndings = ['crt', 'pem', 'cer'] as const

const readAnswer = async (
  folder: string,
  request: Request,
): Promise<{ readonly file: string; readonly text: string } | undefined> => {
  for (const ending of answerEndings) {
    const file = join(folder, requestFile(request, ending))
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text !== undefined) return { file, text }
  }
  return undefined
}

const takeIn = async (folder: string, request: Request, authorities: Authorities, now: Date) => {
  const { id, issuer } = request
  const found = await readAnswer(folder, request)
  const standing = certifiedPair(authorities, id)
  // What was taken in before may lie there still, and the cluster file may want another by now.
  if (found && standing && certificatesIn(found.text)[0] === certificatesIn(standing.certPem)[0])
    return { request, problems: [], same: true }
  const keys = [authorities.requested?.[waitingKeyFile(id)] ?? [], standing?.keyPem ?? []].flat()
  if (!found || keys.length === 0) return { request, problems: [] }
  const answer = answerTo(found.text, { request, authority: authorities[issuer], keys, now })
  if (answer.kind === 'wrong')
    return { request, problems: answer.why.map((why) => `  ${found.file}: ${why}`) }
  return { request, problems: [], pair: answer.pair, file: found.file }
}

/** All that is there, or, when something of it is wrong, nothing. */
export const importCertificates = async (cluster: Cluster, folder: string): Promise<TakenIn> => {
  const requests = asked(cluster.config)
  const store = clusterStore(cluster)
  const authorities = await store.load()
  if (!authorities)
    throw new UserError('nothing was asked for yet', { hint: 'ask for it: slipway certs csr' })
  const now = new Date()
  const looked = await Promise.all(requests.map((request) => takeIn(folder, request, authorities, now)))
  const problems = looked.flatMap((each) => each.problems)
  if (problems.length > 0)
    throw new UserError(
      [`${problems.length} things are wrong with what was signed:`, ...problems].join('\n'),
      {
        hint: 'nothing was taken in; have those signed again, as their requests ask',
      },
    )
  const taken = looked.flatMap(({ request, pair, file }) => (pair && file ? [{ request, pair, file }] : []))
  const certified = taken.flatMap(({ request: { id }, pair }) => [
    [certifiedFile(id, 'crt'), pair.certPem],
    [certifiedFile(id, 'key'), pair.keyPem],
  ])
  const waitedFor = new Set(taken.map(({ request }) => waitingKeyFile(request.id)))
  const others = Object.entries(authorities.requested ?? {}).filter(([name]) => !waitedFor.has(name))
  const after = { ...authorities, requested: Object.fromEntries([...others, ...certified]) }
  if (taken.length > 0) await store.save(after)
  return {
    taken: taken.map(({ file }) => file),
    unchanged: looked.filter(({ same }) => same === true).length,
    open: openRequests(requests, after, now).map((request) => ({
      ...request,
      file: join(folder, requestFile(request, 'crt')),
    })),
  }
}
