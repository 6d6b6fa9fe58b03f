/** Every rule. A new one is a function in the file of its subject and a name here. */
import { renewedBeforeTheyExpire, somebodySignsUnattended } from './auto-renew.ts'
import { keysOnHostsAreOurs, kubeletsAskNobody, signerHasSomethingToSign } from './certificate-keys.ts'
import {
  endpointIsReachable,
  endpointPortIsServed,
  etcdDataHasItsOwnFolder,
  thereIsAControlPlane,
  thereIsOneControlPlane,
} from './control-plane.ts'
import { flagsAreNotOurs, listsKeepWhatIsNeeded, settingsHaveNoKind } from './extra-args.ts'
import {
  addressesAreUnique,
  addressesAreUsable,
  labelsAreOurs,
  namesAreUnique,
  namesFitLabels,
  sshEndpointsAreUnique,
  taintsAreUnique,
} from './hosts.ts'
import {
  dnsDomainIsOurs,
  networksAreAligned,
  networksAreApart,
  networksAreNotTheHosts,
  networksAreUsable,
  podNetworkHasASize,
  serviceNetworkHasASize,
} from './networks.ts'
import { exemptionsAreOfAProxy, exemptNetworksAreAligned, oneProxySpeaksOneWay } from './proxies.ts'
import {
  credentialsAreUsed,
  dockerHubHasItsName,
  mirrorsAreApart,
  pathsAreWhole,
  plainHttpIsMeant,
} from './registries.ts'
import {
  authoritiesOutliveTheirCertificates,
  ignoredChecksExist,
  lifetimesAreSensible,
  versionIsSupported,
} from './times-and-ids.ts'
import type { Rule } from './types.ts'

export type { RuleContext } from './types.ts'

export const rules: readonly Rule[] = [
  versionIsSupported,
  namesAreUnique,
  namesFitLabels,
  addressesAreUnique,
  addressesAreUsable,
  sshEndpointsAreUnique,
  labelsAreOurs,
  taintsAreUnique,
  thereIsAControlPlane,
  thereIsOneControlPlane,
  networksAreAligned,
  networksAreUsable,
  networksAreApart,
  networksAreNotTheHosts,
  serviceNetworkHasASize,
  podNetworkHasASize,
  dnsDomainIsOurs,
  endpointIsReachable,
  endpointPortIsServed,
  etcdDataHasItsOwnFolder,
  flagsAreNotOurs,
  listsKeepWhatIsNeeded,
  settingsHaveNoKind,
  plainHttpIsMeant,
  pathsAreWhole,
  mirrorsAreApart,
  dockerHubHasItsName,
  credentialsAreUsed,
  exemptionsAreOfAProxy,
  exemptNetworksAreAligned,
  oneProxySpeaksOneWay,
  lifetimesAreSensible,
  authoritiesOutliveTheirCertificates,
  renewedBeforeTheyExpire,
  somebodySignsUnattended,
  keysOnHostsAreOurs,
  signerHasSomethingToSign,
  kubeletsAskNobody,
  ignoredChecksExist,
]
