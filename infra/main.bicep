targetScope = 'resourceGroup'

import { client, connection } from 'types.bicep'

@description('What names of resources begin with: two to eleven lower-case letters and digits, another for each environment.')
@minLength(2)
@maxLength(11)
param name string

@description('The one region of everything. Clients are pinned to it: their record is kept and read there alone.')
param location string = resourceGroup().location

@description('Tag of the image in the registry. Empty: everything but the app and the bot is made, as the first time.')
param imageTag string

@description('Whose registration the bot is: the managed identity that is made here, which has no secret, or an app of one\'s own.')
@allowed(['ManagedIdentity', 'SingleTenant'])
param botIdentity string = 'ManagedIdentity'

@description('Application (client) id of the single-tenant app; not used with a managed identity.')
param botAppId string = ''

@description('The client companies.')
@minLength(1)
param clients client[]

@description('Entra object ids of those who are administrators of every client. Without one the bot does not start.')
@minLength(1)
param administrators string[]

@description('The connections that alerts come over and actions go over.')
param connections connection[] = []

@description('Further settings that are no secrets, by the name of their environment variable, as Digests__TimeZone.')
param settings { *: string } = {}

@description('What the origin of every checkpoint begins with, as ledger.msp.example. It names the record for good.')
@minLength(1)
param origin string

@description('Who is mailed when an alarm is raised.')
@minLength(3)
param alarmEmail string

@description('How many instances run at least.')
@minValue(2)
@maxValue(30)
param minReplicas int = 2

@description('How many instances run at most.')
@minValue(2)
@maxValue(30)
param maxReplicas int = 4

@description('How far a read of the database may be behind a write. Strong: not at all. BoundedStaleness: 10 writes or 5 seconds.')
@allowed(['Strong', 'BoundedStaleness'])
param consistency string = 'Strong'

@description('The most request units a second of the database; a tenth of it is always paid.')
@minValue(1000)
param maxThroughput int = 1000

@description('How far back the database can be restored, to the second.')
@allowed(['Continuous7Days', 'Continuous30Days'])
param backup string = 'Continuous30Days'

@description('Whether the copies of the database are spread over the zones of the region. Not every region has zones.')
param zoneRedundant bool = false

@description('Whether keys are made in hardware and never leave it.')
param hardwareKeys bool = false

@description('For how many days after it was written nobody can change or delete a version of a checkpoint.')
@minValue(1)
@maxValue(146000)
param checkpointDays int = 365

@description('Locked: the days can only be lengthened and the policy never taken away. An account begins Unlocked; Locked is for good.')
@allowed(['Unlocked', 'Locked'])
param checkpointPolicy string = 'Unlocked'

@description('How many days logs are kept.')
@minValue(30)
@maxValue(730)
param logDays int = 90

var unique = uniqueString(resourceGroup().id)
var appName = 'ca-${name}'
var databaseName = 'devopsai'
var withApp = !empty(imageTag)
var vaultName = take('kv-${name}-${unique}', 24)
var appId = botIdentity == 'ManagedIdentity' ? identities.outputs.botClientId : botAppId
var secretNames = union(
  botIdentity == 'SingleTenant' ? ['bot-client-secret'] : [],
  flatten(map(connections, connection => map(items(connection.secrets), secret => secret.value)))
)

module identities 'modules/identities.bicep' = {
  params: {
    name: name
    location: location
  }
}

module roles 'modules/roles.bicep' = {}

module logs 'modules/logs.bicep' = {
  params: {
    name: name
    location: location
    days: logDays
  }
}

module vault 'modules/vault.bicep' = {
  params: {
    name: vaultName
    location: location
    hardwareKeys: hardwareKeys
    clientIds: map(clients, client => client.id)
    botPrincipalId: identities.outputs.botPrincipalId
    databasePrincipalId: identities.outputs.databasePrincipalId
    signsRoleId: roles.outputs.signsId
    wrapsRoleId: roles.outputs.wrapsId
    workspaceId: logs.outputs.workspaceId
  }
}

module typed 'modules/typed.bicep' = {
  params: {
    name: take('kt-${name}-${unique}', 24)
    location: location
    botPrincipalId: identities.outputs.botPrincipalId
    workspaceId: logs.outputs.workspaceId
  }
}

module storage 'modules/storage.bicep' = {
  params: {
    name: take('st${name}${unique}', 24)
    location: location
    days: checkpointDays
    policy: checkpointPolicy
    botPrincipalId: identities.outputs.botPrincipalId
    addsRoleId: roles.outputs.addsId
  }
}

module database 'modules/database.bicep' = {
  params: {
    name: 'cosmos-${name}-${unique}'
    location: location
    databaseName: databaseName
    key: vault.outputs.databaseKey
    identityId: identities.outputs.databaseId
    botPrincipalId: identities.outputs.botPrincipalId
    consistency: consistency
    backup: backup
    maxThroughput: maxThroughput
    zoneRedundant: zoneRedundant
  }
}

module registry 'modules/registry.bicep' = {
  params: {
    name: 'cr${name}${unique}'
    location: location
    botPrincipalId: identities.outputs.botPrincipalId
  }
}

module secrets 'modules/secrets.bicep' = if (withApp) {
  params: {
    vaultName: vaultName
    names: secretNames
    botPrincipalId: identities.outputs.botPrincipalId
  }
  dependsOn: [vault]
}

module app 'modules/app.bicep' = if (withApp) {
  params: {
    name: name
    appName: appName
    location: location
    image: '${registry.outputs.server}/devops-ai-bot:${imageTag}'
    registry: registry.outputs.server
    identityId: identities.outputs.botId
    identityClientId: identities.outputs.botClientId
    workspaceId: logs.outputs.workspaceId
    botIdentity: botIdentity
    botAppId: appId
    clients: clients
    administrators: administrators
    connections: connections
    settings: settings
    secretNames: secretNames
    vaultUri: vault.outputs.uri
    typedUri: typed.outputs.uri
    signingKey: vault.outputs.signingKey
    origin: origin
    checkpointContainer: storage.outputs.checkpointContainer
    databaseEndpoint: database.outputs.endpoint
    databaseName: databaseName
    minReplicas: minReplicas
    maxReplicas: maxReplicas
  }
  dependsOn: [secrets]
}

module bot 'modules/teams.bicep' = if (withApp) {
  params: {
    name: name
    unique: unique
    kind: botIdentity
    appId: appId
    identityId: identities.outputs.botId
    host: app!.outputs.host
  }
}

module alarms 'modules/alarms.bicep' = if (withApp) {
  params: {
    name: name
    location: location
    workspaceId: logs.outputs.workspaceId
    appName: appName
    email: alarmEmail
  }
  dependsOn: [app]
}

output registryServer string = registry.outputs.server
output vaultName string = vaultName
output botAppId string = appId
output messagesAddress string = withApp ? 'https://${app!.outputs.host}/api/messages' : ''
output databaseEndpoint string = database.outputs.endpoint
output signingKey string = vault.outputs.signingKey
output checkpointContainer string = storage.outputs.checkpointContainer
