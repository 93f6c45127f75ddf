@description('Name of the vault.')
param name string

@description('Where the vault is.')
param location string

@description('Whether keys are made in hardware and never leave it.')
param hardwareKeys bool

@description('Ids of the clients; each has a key of its own.')
param clientIds string[]

@description('Object id of the bot\'s identity.')
param botPrincipalId string

@description('Object id of the identity by which Cosmos DB reaches its key.')
param databasePrincipalId string

@description('The role that reads and signs.')
param signsRoleId string

@description('The role that wraps and unwraps.')
param wrapsRoleId string

@description('Workspace for the vault\'s audit log.')
param workspaceId string

// Key Vault Crypto Service Encryption User: what Cosmos DB asks for.
var encryptsRoleId = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'e147488a-f6f5-4113-8e2d-b22465e65bf6')

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: hardwareKeys ? 'premium' : 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: 'Allow'
      bypass: 'AzureServices'
    }
  }
}

@description('Signs checkpoints: EC on the curve P-256.')
resource signing 'Microsoft.KeyVault/vaults/keys@2023-07-01' = {
  parent: vault
  name: 'checkpoints'
  properties: {
    kty: hardwareKeys ? 'EC-HSM' : 'EC'
    curveName: 'P-256'
    keyOps: ['sign', 'verify']
  }
}

@description('Wraps the data key of one client each. The name is the one that Storage:Keys:KeyName has by default.')
resource wrapping 'Microsoft.KeyVault/vaults/keys@2023-07-01' = [
  for id in clientIds: {
    parent: vault
    name: 'devops-ai-bot-${id}'
    properties: {
      kty: hardwareKeys ? 'RSA-HSM' : 'RSA'
      keySize: 3072
      keyOps: ['wrapKey', 'unwrapKey']
    }
  }
]

@description('What Cosmos DB encrypts everything under.')
resource database 'Microsoft.KeyVault/vaults/keys@2023-07-01' = {
  parent: vault
  name: 'database'
  properties: {
    kty: hardwareKeys ? 'RSA-HSM' : 'RSA'
    keySize: 3072
    keyOps: ['wrapKey', 'unwrapKey']
  }
}

resource maySign 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: signing
  name: guid(signing.id, botPrincipalId, signsRoleId)
  properties: {
    principalId: botPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: signsRoleId
  }
}

resource mayWrap 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (id, index) in clientIds: {
    scope: wrapping[index]
    name: guid(vault.id, id, botPrincipalId, wrapsRoleId)
    properties: {
      principalId: botPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: wrapsRoleId
    }
  }
]

resource mayEncrypt 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: database
  name: guid(database.id, databasePrincipalId, encryptsRoleId)
  properties: {
    principalId: databasePrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: encryptsRoleId
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

output uri string = vault.properties.vaultUri
output signingKey string = signing.properties.keyUriWithVersion
output databaseKey string = database.properties.keyUri
