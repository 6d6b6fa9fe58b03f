/**
 * The shape of a cluster file, from which types, defaults and the JSON Schema come. Takes parsed YAML; gives ClusterConfig.
 * What depends on more than one field is a rule (rules.ts), not shape. Every description ends up in `slipway config schema`.
 */
import { z } from 'zod'
import { proxy, registry } from './outside.ts'
import {
  absolutePath,
  cidr,
  dns1123Label,
  dns1123Name,
  duration,
  hostOrIp,
  ipv4,
  labelKey,
  labelValue,
  localPath,
  port,
} from './words.ts'

const bastion = z.strictObject({
  host: hostOrIp.describe('Name or address of the jump host.'),
  port: port.default(22),
  user: z.string().min(1).optional(),
  identityFile: localPath.optional(),
})

const ssh = z.strictObject({
  user: z.string().min(1).optional().describe('User to log in as. Default: ssh_config, else the local user.'),
  port: port.optional().describe('Default: ssh_config, else 22.'),
  identityFile: localPath
    .optional()
    .describe('Private key. Default: ssh_config, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa.'),
  agent: z.boolean().optional().describe('Use the agent at SSH_AUTH_SOCK. Default: true where there is one.'),
  configFile: localPath.optional().describe('ssh_config to read. Default: ~/.ssh/config.'),
  knownHostsFile: localPath
    .optional()
    .describe('Default: ~/.ssh/known_hosts, and the one in the cluster folder.'),
  passwordFile: localPath
    .optional()
    .describe('File that holds the login password (mode 0600). Never the password itself.'),
  sudoPasswordFile: localPath.optional().describe('File that holds the sudo password (mode 0600).'),
  bastion: bastion.optional().describe('Jump host. Its key is checked like that of any host.'),
})

const hostSsh = ssh.extend({
  address: hostOrIp
    .optional()
    .describe('Where SSH connects to, when that is not the node address (a forwarded port).'),
})

const taint = z.strictObject({
  key: labelKey,
  value: labelValue.optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
})

const host = z.strictObject({
  name: dns1123Name.describe('Node name; becomes the host name in the cluster.'),
  address: ipv4.describe('Address of the node on the network that the nodes share.'),
  role: z.enum(['control-plane', 'worker']),
  labels: z.record(labelKey, labelValue).default({}),
  taints: z
    .array(taint)
    .optional()
    .describe(
      'Replaces the taint that a control plane has by default. Taints that are not named here are left alone.',
    ),
  ssh: hostSsh.optional().describe('What differs from the ssh section above.'),
})

const givenAuthority = z.strictObject({
  certificate: localPath.describe(
    'Its certificate; behind it, if another CA issued it, those of the CAs above.',
  ),
  key: localPath
    .optional()
    .describe('Its key (mode 0600). Without one: certificates.signer, or slipway certs csr.'),
})

const anyObject = z.record(z.string(), z.unknown())
const extraArgs = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be a flag name without dashes in front'),
  z.string(),
)

export const clusterSchema = z.strictObject({
  apiVersion: z.literal('slipway/v1'),
  kind: z.literal('Cluster'),
  name: dns1123Label.describe('Names the cluster, its folder on this machine and its kubeconfig context.'),
  kubernetes: z.strictObject({
    version: z
      .string({ error: 'must be a full version such as 1.37.1' })
      .regex(/^v?\d+\.\d+\.\d+$/, 'must be a full version such as 1.37.1')
      .transform((version) => version.replace(/^v/, ''))
      .describe('Kubernetes version; the bundle must carry it.'),
  }),
  bundle: z
    .strictObject({
      file: localPath.optional().describe('Bundle file. Default: the one in the cache for this version.'),
      publicKey: z
        .string()
        // Ed25519 as SubjectPublicKeyInfo (RFC 8410): always the same twelve bytes, then the key's 32.
        .regex(
          /^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/,
          'must be a public key on one line, as `slipway bundle keygen` prints it',
        )
        .optional()
        .describe(
          'Who must have signed the bundle. Default: whoever signed the first one that was installed.',
        ),
    })
    .prefault({}),
  ssh: ssh.prefault({}),
  hosts: z.array(host).min(1, 'at least one host is needed'),
  network: z
    .strictObject({
      podCIDR: cidr.default('10.244.0.0/16'),
      serviceCIDR: cidr.default('10.96.0.0/12'),
      dnsDomain: dns1123Name.default('cluster.local'),
      plugin: z
        .enum(['flannel', 'none'])
        .default('flannel')
        .describe('Pod network: flannel, or none to bring your own.'),
      proxyMode: z
        .enum(['nftables', 'iptables'])
        .default('nftables')
        .describe('How kube-proxy programs Services.'),
    })
    .prefault({}),
  controlPlane: z
    .strictObject({
      endpoint: z
        .strictObject({ host: hostOrIp, port: port.default(6443) })
        .optional()
        .describe(
          'Stable address of the API (a load balancer or DNS name). Default: the first control plane.',
        ),
      certSANs: z.array(hostOrIp).default([]).describe('Further names in the API server certificate.'),
      apiServer: z.strictObject({ extraArgs: extraArgs.default({}) }).prefault({}),
      controllerManager: z.strictObject({ extraArgs: extraArgs.default({}) }).prefault({}),
      scheduler: z.strictObject({ extraArgs: extraArgs.default({}) }).prefault({}),
      etcd: z
        .strictObject({ dataDir: absolutePath.default('/var/lib/etcd'), extraArgs: extraArgs.default({}) })
        .prefault({}),
    })
    .prefault({}),
  certificates: z
    .strictObject({
      algorithm: z
        .enum(['ECDSA-P256', 'ECDSA-P384', 'RSA-2048', 'RSA-3072', 'RSA-4096'])
        .default('ECDSA-P256')
        .describe('Keys of every certificate that Slipway issues.'),
      validity: duration.default('365d'),
      caValidity: duration.default('3650d'),
      autoRenew: z
        .strictObject({
          olderThan: duration
            .optional()
            .describe('How old certificates are when they are renewed. Default: two thirds of validity.'),
          every: z.enum(['daily', 'weekly']).default('daily').describe('How often it is looked.'),
        })
        .optional()
        .describe('Renew unattended, from the machine on which `slipway certs auto-renew` was run.'),
      authorities: z
        .strictObject({
          ca: givenAuthority.optional(),
          etcdCa: givenAuthority.optional(),
          frontProxyCa: givenAuthority.optional(),
        })
        .prefault({})
        .describe('CAs of your own. Those that are not named, Slipway makes.'),
      signer: z
        .array(z.string().regex(/^[^\0]+$/, 'must be text'))
        .min(1)
        .optional()
        .describe(
          'Program with its arguments that signs for the CAs whose keys are not named: digest in, signature out.',
        ),
      keysOnHosts: z
        .boolean()
        .optional()
        .describe(
          'Whether control planes have the keys of the CAs, and sign for kubelets. Default: true, if Slipway has them all.',
        ),
    })
    .prefault({}),
  kubelet: z
    .strictObject({
      config: anyObject.default({}).describe('Merged over the KubeletConfiguration that Slipway writes.'),
    })
    .prefault({}),
  kubeProxy: z
    .strictObject({
      config: anyObject.default({}).describe('Merged over the KubeProxyConfiguration that Slipway writes.'),
    })
    .prefault({}),
  hostPrep: z
    .strictObject({
      swap: z.enum(['disable', 'keep']).default('disable'),
      selinux: z.enum(['permissive', 'keep']).default('permissive'),
      hostsFile: z
        .boolean()
        .default(true)
        .describe("Keep a block with every node's name and address in /etc/hosts."),
    })
    .prefault({}),
  addons: z
    .strictObject({
      coredns: z.strictObject({ replicas: z.int().min(1).max(100).default(2) }).prefault({}),
      manifests: z.array(localPath).default([]).describe('Manifests of your own, applied last.'),
    })
    .prefault({}),
  registry: registry
    .prefault({})
    .describe('Where the hosts get images that are not in the bundle: those of your own.'),
  proxy: proxy.prefault({}).describe('What stands between the hosts and everything outside of the cluster.'),
  preflight: z
    .strictObject({ ignore: z.array(z.string()).default([]).describe('Check ids to treat as warnings.') })
    .prefault({}),
})

/** What the user wrote, with defaults. Never changed after it was read. */
type DeepReadonly<T> = T extends (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T

export type ClusterConfig = DeepReadonly<z.output<typeof clusterSchema>>
export type HostConfig = ClusterConfig['hosts'][number]
export type SshConfig = ClusterConfig['ssh']
export type HostRole = HostConfig['role']
export type KeyAlgorithm = ClusterConfig['certificates']['algorithm']
