using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Privacy;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Conversations;

/// <summary>The people in the conversations that are kept beside the ledger.</summary>
internal sealed class StoredPeople(IDocuments documents) : IPersonalData
{
    private const int Tries = 5;

    public async Task ForgetAsync(PersonId person, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await foreach (var document in documents.ListAsync(DocumentScope.Host, ConversationFile.Kind, "", cancellationToken))
        {
            if (ConversationFile.Read(document) is { } kept && kept.Knows(person))
                found.Add(document.Id);
        }
        foreach (var id in found)
            await ForgetAsync(id, person, cancellationToken);
        // Deleting, even what is not there, has a store let go of the bytes that were written over.
        await documents.DeleteAsync(DocumentScope.Host, ConversationFile.Kind, "erased", cancellationToken);
    }

    private async Task ForgetAsync(string id, PersonId person, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (await documents.FindAsync(DocumentScope.Host, ConversationFile.Kind, id, cancellationToken) is not { } document
                || ConversationFile.Read(document) is not { } kept || !kept.Knows(person))
                return;
            var value = JsonSerializer.SerializeToUtf8Bytes(kept.Without(person), ConversationJson.Default.SyncedConversation);
            if (await documents.TryPutAsync(DocumentScope.Host, ConversationFile.Kind, id, value, document.Tag, cancellationToken))
                return;
        }
        throw new LedgerUnavailableException("The people known from Teams cannot be written at the moment: others keep being faster.");
    }
}
