import { client, connection } from '../types.bicep'

@description('What names of resources begin with.')
param name string

@description('Name of the container app.')
param appName string

@description('Where the app runs. Clients are pinned to it.')
param location string

@description('The image, with its registry and tag.')
param image string

@description('The registry that the image comes from.')
param registry string

@description('Resource id of the bot\'s identity.')
param identityId string

@description('Client id of the bot\'s identity.')
param identityClientId string

@description('Workspace that the log goes to.')
param workspaceId string

@description('Whose registration the bot is.')
@allowed(['ManagedIdentity', 'SingleTenant'])
param botIdentity string

@description('Application (client) id of the registration.')
param botAppId string

@description('The client companies.')
param clients client[]

@description('Entra object ids of those who are administrators of every client.')
param administrators string[]

@description('The connections.')
param connections connection[]

@description('Further settings that are no secrets, by the name of their environment variable.')
param settings { *: string }

@description('Names of the secrets in the vault.')
param secretNames string[]

@description('Address of the vault.')
param vaultUri string

@description('Address of the vault of what people type into forms.')
param typedUri string

@description('Identifier of the key that signs checkpoints.')
param signingKey string

@description('What the origin of every checkpoint begins with.')
param origin string

@description('Address of the container that gets every checkpoint too.')
param checkpointContainer string

@description('Address of the Cosmos DB account.')
param databaseEndpoint string

@description('Name of the database.')
param databaseName string

@description('How many instances run at least.')
@minValue(2)
param minReplicas int

@description('How many instances run at most.')
param maxReplicas int

var port = 8080
var clientSecret = 'bot-client-secret'

var ofTheBot = [
  { name: 'ASPNETCORE_URLS', value: 'http://+:${port}' }
  { name: 'AZURE_CLIENT_ID', value: identityClientId }
  { name: 'Teams__AppId', value: botAppId }
  { name: 'Teams__TenantId', value: tenant().tenantId }
  { name: 'Teams__TlsProxy', value: 'true' }
  { name: 'Storage__Path', value: '/data/bot' }
  { name: 'Storage__Region', value: location }
  { name: 'Storage__Provider', value: 'Cosmos' }
  { name: 'Storage__Cosmos__Endpoint', value: databaseEndpoint }
  { name: 'Storage__Cosmos__Database', value: databaseName }
  { name: 'Storage__Cosmos__CreateIfMissing', value: 'false' }
  { name: 'Storage__Keys__Provider', value: 'KeyVault' }
  { name: 'Storage__Keys__VaultUri', value: vaultUri }
  { name: 'Secrets__KeyVault', value: typedUri }
  { name: 'Ledger__Origin', value: origin }
  { name: 'Ledger__KeyVaultKey', value: signingKey }
  { name: 'Ledger__CheckpointContainer', value: checkpointContainer }
]

var ofTheRegistration = botIdentity == 'ManagedIdentity'
  ? [{ name: 'Teams__ManagedIdentity', value: 'true' }]
  : [{ name: 'Teams__ClientSecret', secretRef: clientSecret }]

var ofClients = flatten(map(clients, client => [
  { name: 'Tenants__${client.id}__Name', value: client.name }
  { name: 'Tenants__${client.id}__Prefix', value: client.prefix }
  { name: 'Tenants__${client.id}__Region', value: location }
]))

var ofAdministrators = flatten(map(clients, client => map(range(0, length(administrators)), index => {
  name: 'Access__Roles__${client.id}__administrator__${index}'
  value: administrators[index]
})))

var ofConnections = flatten(map(connections, connection => concat(
  [
    { name: 'Connections__${connection.name}__Tenant', value: connection.client }
    { name: 'Connections__${connection.name}__Connector', value: connection.connector }
  ],
  map(items(connection.?settings ?? {}), setting => {
    name: 'Connections__${connection.name}__Settings__${setting.key}'
    value: setting.value
  }),
  map(items(connection.secrets), secret => {
    name: 'Connections__${connection.name}__Settings__${secret.key}'
    secretRef: secret.value
  })
)))

var further = map(items(settings), setting => { name: setting.key, value: setting.value })

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: 'cae-${name}'
  location: location
  properties: {
    // Unlike a log-analytics destination this one needs no key of the workspace.
    appLogsConfiguration: { destination: 'azure-monitor' }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: environment
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'ContainerAppConsoleLogs'
        enabled: true
      }
      {
        category: 'ContainerAppSystemLogs'
        enabled: true
      }
    ]
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: appName
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      // The new revision takes over when it is ready; until then the old one serves.
      activeRevisionsMode: 'Single'
      maxInactiveRevisions: 5
      ingress: {
        external: true
        targetPort: port
        transport: 'http'
        allowInsecure: false
        traffic: [
          {
            latestRevision: true
            weight: 100
          }
        ]
      }
      registries: [
        {
          server: registry
          identity: identityId
        }
      ]
      secrets: [
        for secret in secretNames: {
          name: secret
          keyVaultUrl: '${vaultUri}secrets/${secret}'
          identity: identityId
        }
      ]
    }
    template: {
      // A stop takes up to a quarter of a minute; it is never cut off.
      terminationGracePeriodSeconds: 60
      containers: [
        {
          name: 'bot'
          image: image
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          env: concat(ofTheBot, ofTheRegistration, ofClients, ofAdministrators, ofConnections, further)
          volumeMounts: [
            {
              volumeName: 'data'
              mountPath: '/data'
            }
          ]
          probes: [
            {
              // A start may read a whole record: minutes, where it is long.
              type: 'Startup'
              httpGet: {
                path: '/healthz'
                port: port
              }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 60
            }
            {
              type: 'Liveness'
              httpGet: {
                path: '/healthz'
                port: port
              }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 3
            }
            {
              // The bot itself gives up its look after 5 seconds and says why. One damaged record must not shut out all other clients.
              type: 'Readiness'
              httpGet: {
                path: '/readyz/traffic'
                port: port
              }
              periodSeconds: 10
              timeoutSeconds: 10
              failureThreshold: 3
            }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [
          {
            name: 'http'
            http: { metadata: { concurrentRequests: '50' } }
          }
        ]
      }
      volumes: [
        {
          name: 'data'
          storageType: 'EmptyDir'
        }
      ]
    }
  }
}

output host string = app.properties.configuration.ingress.fqdn
