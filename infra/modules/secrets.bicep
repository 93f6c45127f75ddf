@description('Name of the vault.')
param vaultName string

@description('Names of the secrets that the container app reads; they must be there.')
param names string[]

@description('Object id of the bot\'s identity.')
param botPrincipalId string

// Key Vault Secrets User, at each secret and at no other.
var readsRoleId = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource secrets 'Microsoft.KeyVault/vaults/secrets@2023-07-01' existing = [
  for name in names: {
    parent: vault
    name: name
  }
]

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in names: {
    scope: secrets[index]
    name: guid(vault.id, name, botPrincipalId, readsRoleId)
    properties: {
      principalId: botPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: readsRoleId
    }
  }
]
