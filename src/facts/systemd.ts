/** Reads what systemd says. Takes lines of `systemctl show` and `show-environment`; gives units and the proxies of services. */
import type { HostFacts } from './types.ts'

type Block = Readonly<Record<string, string>>

export const parseUnits = (lines: readonly string[]): HostFacts['units'] =>
  Object.fromEntries(
    blocks(lines).map((block) => [
      (block['Id'] ?? '').replace(/\.service$/, ''),
      {
        active: block['ActiveState'] === 'active',
        enabled: /^enabled/.test(block['UnitFileState'] ?? ''),
      },
    ]),
  )

/**
 * The manager's environment, over which goes the kubelet's; containerd's is ours to write. Both spellings count; upper case is kept.
 */
export const parseProxies = (
  environment: readonly string[],
  unitLines: readonly string[],
): HostFacts['proxies'] => {
  const kubelet = blocks(unitLines)
    .filter((block) => block['Id'] === 'kubelet.service')
    .flatMap((block) => assignments(block['Environment'] ?? ''))
  const proxies: Record<string, string> = {}
  for (const assignment of [...environment, ...kubelet]) {
    const match = /^((?:https?|no|all)_proxy)=(.+)$/i.exec(assignment)
    if (match?.[1] !== undefined && match[2] !== undefined)
      proxies[match[1].toUpperCase()] = unquoted(match[2])
  }
  return proxies
}

/** `show` tells one unit after the other; an empty line stands between them. */
const blocks = (lines: readonly string[]): readonly Block[] => {
  const found: Record<string, string>[] = []
  let current: Record<string, string> = {}
  for (const line of [...lines, '']) {
    const equals = line.indexOf('=')
    if (equals > 0) {
      current[line.slice(0, equals)] = line.slice(equals + 1)
      continue
    }
    if (current['Id'] !== undefined) found.push(current)
    current = {}
  }
  return found
}

/** `A=1 "B=two words"`: systemd quotes an assignment that has spaces in it. */
const assignments = (text: string): readonly string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '')

/** `show-environment` writes a value with special characters as $'…'. */
const unquoted = (value: string): string => /^\$'(.*)'$/.exec(value)?.[1] ?? value
