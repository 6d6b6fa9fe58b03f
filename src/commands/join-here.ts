/** `slipway join ENDPOINT`: this very host becomes a node. Everything that can be refused is refused before anything is changed. */
import { mustHaveAllFor } from '../bundle/complete.ts'
import { openBundle } from '../bundle/open.ts'
import { mustBeSignedBy } from '../bundle/pinned-signer.ts'
import { UserError } from '../errors.ts'
import type { Redactor } from '../report/redact.ts'
import { discoverCluster, type Wanted } from '../run/discover-cluster.ts'
import { prepareJoinHere } from '../run/join-here.ts'
import { publicKeyOf } from './public-key-flag.ts'
import { reportedRun } from './reported-run.ts'
import type { ClusterFlags } from './run-cluster.ts'

const logs = '/var/log/slipway'

type Flags = Pick<ClusterFlags, 'bundle' | 'ignore' | 'output' | 'verbose'> & {
  readonly publicKey?: string | undefined
}

const mustBeRoot = (): void => {
  if (process.getuid?.() === 0) return
  throw new UserError('a host joins itself as root', { hint: 'run the same command with sudo' })
}

const openedBundle = async ({ bundle: file, publicKey }: Flags) => {
  const wanted = publicKey === undefined ? undefined : publicKeyOf(publicKey)
  if (file !== undefined) {
    const bundle = await openBundle(file)
    if (wanted !== undefined) mustBeSignedBy(bundle, wanted, '--public-key')
    return bundle
  }
  throw new UserError('joining needs the bundle that the cluster was made from: --bundle FILE', {
    hint: 'copy it from the workstation; there, `slipway bundle create` says where it is',
  })
}

export const joinHere = async (redactor: Redactor, wanted: Wanted & Flags): Promise<void> => {
  mustBeRoot()
  redactor.add(wanted.token)
  const bundle = await openedBundle(wanted)
  const { config, caPem } = await discoverCluster(wanted)
  const { version } = config.kubernetes
  if (bundle.kubernetes !== version)
    throw new UserError(
      `the cluster runs Kubernetes ${version}; ${bundle.file} carries ${bundle.kubernetes}`,
      {
        hint: `make one with: slipway bundle create --kubernetes ${version}`,
      },
    )
  mustHaveAllFor(bundle, config)
  const [host] = config.hosts
  if (!host) throw new Error('a cluster without this host')
  await reportedRun(redactor, {
    command: 'join',
    cluster: config.name,
    output: wanted.output,
    verbose: wanted.verbose === true,
    logs,
    prepare: (around) =>
      prepareJoinHere({ config, host, caPem, bundle, token: wanted.token, ignore: wanted.ignore }, around),
    next: () => [
      `on a machine with the kubeconfig: kubectl get node ${host.name}`,
      'to have it looked after like the others, add it to the cluster file',
    ],
    goOn: 'the same command again',
  })
}
