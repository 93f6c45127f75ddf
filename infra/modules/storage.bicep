@description('Name of the storage account.')
param name string

@description('Where the account is.')
param location string

@description('For how many days after it was written nobody can change or delete a version of a checkpoint.')
param days int

@description('Locked: nobody can shorten the days or take the policy away any more.')
@allowed(['Unlocked', 'Locked'])
param policy string

@description('Object id of the bot\'s identity.')
param botPrincipalId string

@description('The role that reads blobs and adds new ones.')
param addsRoleId string

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    // Can be had only when the account is made.
    immutableStorageWithVersioning: {
      enabled: true
      immutabilityPolicy: {
        immutabilityPeriodSinceCreationInDays: days
        allowProtectedAppendWrites: false
        state: policy
      }
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 90
    }
  }
}

resource checkpoints 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'checkpoints'
  properties: {
    publicAccess: 'None'
    immutableStorageWithVersioning: { enabled: true }
  }
}

resource mayAdd 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: checkpoints
  name: guid(checkpoints.id, botPrincipalId, addsRoleId)
  properties: {
    principalId: botPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: addsRoleId
  }
}

output checkpointContainer string = '${account.properties.primaryEndpoints.blob}${checkpoints.name}'
