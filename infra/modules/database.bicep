@description('Name of the account.')
param name string

@description('The one region that the record is kept in.')
param location string

@description('Name of the database.')
param databaseName string

@description('The key that everything is encrypted under, without a version.')
param key string

@description('The identity by which the account reaches the key.')
param identityId string

@description('Object id of the bot\'s identity.')
param botPrincipalId string

@description('How far a read may be behind a write.')
@allowed(['Strong', 'BoundedStaleness'])
param consistency string

@description('How far back the account can be restored.')
@allowed(['Continuous7Days', 'Continuous30Days'])
param backup string

@description('The most request units a second that all containers together may use; a tenth of it is always paid.')
@minValue(1000)
param maxThroughput int

@description('Whether the copies of the region are spread over its zones.')
param zoneRedundant bool

// As core/Ledger/Cosmos/CosmosStore.cs makes them where it may: nothing is indexed but the partition key, and in leases everything.
var onlyThePartition = [
  { name: 'ledger', partition: '/tenant' }
  { name: 'documents', partition: '/scope' }
]

resource account 'Microsoft.DocumentDB/databaseAccounts@2024-11-15' = {
  name: name
  location: location
  kind: 'GlobalDocumentDB'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    databaseAccountOfferType: 'Standard'
    defaultIdentity: 'UserAssignedIdentity=${identityId}'
    keyVaultKeyUri: key
    locations: [
      {
        locationName: location
        failoverPriority: 0
        isZoneRedundant: zoneRedundant
      }
    ]
    enableMultipleWriteLocations: false
    enableAutomaticFailover: false
    consistencyPolicy: consistency == 'Strong'
      ? { defaultConsistencyLevel: 'Strong' }
      : { defaultConsistencyLevel: 'BoundedStaleness', maxIntervalInSeconds: 5, maxStalenessPrefix: 10 }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: 'Enabled'
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: { tier: backup }
    }
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2024-11-15' = {
  parent: account
  name: databaseName
  properties: {
    resource: { id: databaseName }
    options: { autoscaleSettings: { maxThroughput: maxThroughput } }
  }
}

resource containers 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2024-11-15' = [
  for container in onlyThePartition: {
    parent: database
    name: container.name
    properties: {
      resource: {
        id: container.name
        partitionKey: {
          kind: 'Hash'
          version: 2
          paths: [container.partition]
        }
        indexingPolicy: {
          automatic: true
          indexingMode: 'consistent'
          includedPaths: [{ path: '${container.partition}/?' }]
          excludedPaths: [{ path: '/*' }]
        }
      }
    }
  }
]

resource leases 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2024-11-15' = {
  parent: database
  name: 'leases'
  properties: {
    resource: {
      id: 'leases'
      partitionKey: {
        kind: 'Hash'
        version: 2
        paths: ['/id']
      }
    }
  }
}

// Cosmos DB Built-in Data Contributor, for this database alone.
resource mayUse 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2024-11-15' = {
  parent: account
  name: guid(database.id, botPrincipalId, 'data')
  properties: {
    principalId: botPrincipalId
    roleDefinitionId: '${account.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002'
    scope: '${account.id}/dbs/${database.name}'
  }
}

output endpoint string = account.properties.documentEndpoint
