/** Paths, ports and timeouts, each with its source. Takes nothing; everything may import it. */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The one directory for all that can be made again: bundles, host images, Go caches (XDG base directory specification). */
export const cacheDirectory = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway')

/** kubeadm's `timeouts.kubernetesAPICall` (v1beta4): 1 minute. */
export const apiTimeoutMs = 60_000
