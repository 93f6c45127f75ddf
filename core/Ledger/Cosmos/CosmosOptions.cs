using System.ComponentModel.DataAnnotations;
using DevOpsAI.Common;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>Section <c>Storage:Cosmos</c>; used when <c>Storage:Provider</c> is <c>Cosmos</c>.</summary>
public sealed class CosmosOptions
{
    /// <summary>The account, as in <c>https://msp.documents.azure.com:443/</c>. Plain <c>http</c> is taken on loopback only.</summary>
    public string? Endpoint { get; set; }

    /// <summary>
    /// An account key, or where it is kept (<c>env:NAME</c>, <c>file:/path</c>). Without one Entra authenticates: a managed identity, or
    /// whoever is logged in.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>The day by which <see cref="Key"/> is to be replaced; people are reminded from two weeks before.</summary>
    public DateOnly? RotateBy { get; set; }

    public string Database { get; set; } = "devopsai";

    /// <summary>Create the database and its containers when they are missing. Needs an account key, or they must exist already.</summary>
    public bool CreateIfMissing { get; set; } = true;

    /// <summary>How often an instance asks for what other instances wrote.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long after its last sign of life an instance's subscriptions are taken over by another one.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan LeaseFor { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one call is tried, all attempts together, before the caller is told that the store is unavailable.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the service may take to answer one attempt.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong with the settings; empty when nothing is.</summary>
    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Endpoint))
            yield return "Storage:Cosmos:Endpoint: missing; the account's address, as in https://name.documents.azure.com:443/.";
        else if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            yield return $"Storage:Cosmos:Endpoint: '{Endpoint}' is not an address, as in https://name.documents.azure.com:443/.";
        else if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
            yield return $"Storage:Cosmos:Endpoint: '{Endpoint}' is plain http, which would carry the ledger readable over the network; "
                + $"use https (http is for this machine only).";
        else if (address.Scheme == Uri.UriSchemeHttp && string.IsNullOrWhiteSpace(Key))
            yield return "Storage:Cosmos:Key: missing; an Entra token is not sent over plain http.";
        if (string.IsNullOrWhiteSpace(Database) || Database.AsSpan().IndexOfAny("/\\?#") >= 0 || Database.Length > 255)
            yield return $"Storage:Cosmos:Database: '{Database}' is not a database name.";
        if (Key is { Length: > 0 } && new SecretReference(Key) is { Variable: null, Path: null }
            && !Convert.TryFromBase64String(Key, new byte[Key.Length], out _))
            yield return "Storage:Cosmos:Key: not an account key (base64), nor a reference (env:NAME, file:/path).";
    }
}
