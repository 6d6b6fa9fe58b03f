/** `slipway token`: bootstrap tokens as kubeadm has them, and the command that joins one more worker. */
import { Command } from 'commander'
import type { ApiClient } from '../api/client.ts'
import { applyObject, deleteObject } from '../api/objects.ts'
import { bootstrapTokenSecret, newToken, tokenPattern, tokenSecretRef } from '../api/tokens.ts'
import type { KubeObject } from '../api/types.ts'
import { parseDuration } from '../config/duration.ts'
import { UserError } from '../errors.ts'
import { apiEndpoint } from '../phases/render-input.ts'
import { caHash } from '../pki/ca-hash.ts'
import type { Redactor } from '../report/redact.ts'
import { withApi } from '../run/api-session.ts'
import { type ClusterFileFlags, clusterOf, withClusterFlags } from './cluster-flags.ts'

type CreateFlags = ClusterFileFlags & {
  readonly ttl: string
  readonly description?: string
  readonly printJoinCommand?: boolean | 'slipway' | 'kubeadm'
}

const command = (name: string, description: string): Command =>
  withClusterFlags(new Command(name).description(description))

const expiry = (ttl: string): string => {
  if (!/^\d+[mhd]$/.test(ttl))
    throw new UserError(`--ttl ${ttl} is not a duration`, { hint: 'minutes, hours or days: 30m, 24h, 2d' })
  const seconds = parseDuration(ttl)
  if (seconds === 0)
    throw new UserError('a token that never expires is not made', {
      hint: 'a day is long enough to join: --ttl 24h',
    })
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

const create = (redactor: Redactor): Command =>
  command('create', 'make a token')
    .option('--ttl <duration>', 'how long it is valid', '24h')
    .option('--description <text>', 'what it is for')
    .option('--print-join-command [tool]', 'print the command that joins a host: for slipway, or for kubeadm')
    .action(async (flags: CreateFlags) => {
      const cluster = await clusterOf(flags, redactor)
      const { config } = cluster
      const token = newToken()
      redactor.add(token)
      const expires = expiry(flags.ttl)
      await withApi(cluster, async (api, authorities) => {
        await applyObject(api, bootstrapTokenSecret({ token, expires, description: flags.description }), {
          dryRun: false,
        })
        const { host, port } = apiEndpoint(config)
        const join = `join ${host}:${port} --token ${token} --discovery-token-ca-cert-hash ${caHash(authorities.ca.certPem)}`
        const line = !flags.printJoinCommand
          ? token
          : flags.printJoinCommand === 'kubeadm'
            ? `kubeadm ${join}`
            : `slipway ${join} --bundle slipway-${config.kubernetes.version}.bundle`
        process.stdout.write(`${line}\n`)
      })
    })

type SecretList = {
  readonly items: readonly (KubeObject & { readonly data?: Readonly<Record<string, string>> })[]
}

const listTokens = async (api: ApiClient) => {
  const query = '?fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken'
  const { items } = await api.request<SecretList>('GET', `/api/v1/namespaces/kube-system/secrets${query}`)
  return items.map(({ data = {} }) => {
    const field = (name: string): string => Buffer.from(data[name] ?? '', 'base64').toString('utf8')
    return {
      id: field('token-id'),
      expires: field('expiration') || 'never',
      description: field('description'),
    }
  })
}

const list = (redactor: Redactor): Command =>
  command('list', 'list tokens; their secret half is not shown').action(async (flags: ClusterFileFlags) => {
    const tokens = await withApi(await clusterOf(flags, redactor), listTokens)
    for (const { id, expires, description } of tokens)
      process.stdout.write(`${id}  ${expires}  ${description}\n`)
  })

const remove = (redactor: Redactor): Command =>
  command('delete', 'delete tokens')
    .argument('<ids...>', 'ids, or whole tokens')
    .action(async (ids: readonly string[], flags: ClusterFileFlags) => {
      const wrong = ids.find((id) => !tokenPattern.test(id) && !/^[a-z0-9]{6}$/.test(id))
      if (wrong !== undefined)
        throw new UserError('that is neither a token nor the id of one', {
          hint: 'an id has six letters or digits: slipway token list',
        })
      await withApi(await clusterOf(flags, redactor), async (api) => {
        for (const id of ids) {
          const outcome = await deleteObject(api, tokenSecretRef(id))
          if (outcome === 'unchanged')
            throw new UserError(`there is no token ${id.slice(0, 6)}`, {
              hint: 'see them with: slipway token list',
            })
          process.stdout.write(`${id.slice(0, 6)} deleted\n`)
        }
      })
    })

export const tokenCommand = (redactor: Redactor): Command =>
  new Command('token')
    .description('bootstrap tokens')
    .addCommand(create(redactor))
    .addCommand(list(redactor))
    .addCommand(remove(redactor))
