using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>Text or one card, never both: Teams would split the message and tell us no id.</summary>
public sealed record OutgoingMessage
{
    /// <summary>Markdown, already escaped.</summary>
    public string? Text { get; init; }

    /// <summary>An Adaptive Card, not wrapped in an attachment. Not changed, only written.</summary>
    public OutgoingJson? Card { get; init; }

    /// <summary>What a notification says of a card.</summary>
    public string? Summary { get; init; }

    /// <summary>What the message tells of a client, to be put on its ledger once sent; null for what is no evidence, as help.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>Why nothing was done, in a word or two for the log; null when something was, or was answered.</summary>
    public string? Refused { get; init; }

    /// <summary>Hex SHA-256 of the card's canonical JSON (RFC 8785), or of the text.</summary>
    public string ContentHash() => Card is { } card
        ? Jcs.Digest(TeamsWriter.Write(card.WriteTo))
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text ?? "")));
}

/// <summary>Whose ledger a message belongs on.</summary>
/// <param name="Purpose">As in <c>answer</c>, <c>copy</c>, <c>trail</c>.</param>
/// <param name="About">What it is about; null where that is nothing in particular.</param>
public sealed record Evidence(TenantId Tenant, string Purpose, ProposalSubject? About = null);
