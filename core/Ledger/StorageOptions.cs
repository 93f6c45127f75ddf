using System.ComponentModel.DataAnnotations;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Ledger;

/// <summary>What the ledger and the documents beside it are kept in.</summary>
public enum StorageProvider
{
    /// <summary>Files in <c>Storage:Path</c>; one instance.</summary>
    Sqlite,

    /// <summary>An Azure Cosmos DB account; any number of instances.</summary>
    Cosmos,
}

/// <summary>Section <c>Storage</c>.</summary>
public sealed class StorageOptions : RegionOptions
{
    /// <summary>Folder of the ledger and of everything else kept on disk; created when missing. Relative to the content root.</summary>
    [Required]
    public string Path { get; set; } = ".data";

    /// <summary>
    /// Start although the newest entries of the ledger are lost or its write-ahead log is damaged (SQLite only). For one start, after the
    /// folder was copied away; what is given up is logged as Critical.
    /// </summary>
    public bool AcceptLoss { get; set; }

    /// <summary>
    /// A clock that jumps further ahead than this while the bot runs is taken for wrong: nothing is recorded until it is right again or the
    /// bot was started anew.
    /// </summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan LongestClockJump { get; set; } = TimeSpan.FromHours(1);

    [EnumDataType(typeof(StorageProvider))]
    public StorageProvider Provider { get; set; }

    public CosmosOptions Cosmos { get; set; } = new();

    /// <summary>Every mistake in what is used of the section.</summary>
    public IReadOnlyList<string> WhatIsWrong()
    {
        if (Provider != StorageProvider.Cosmos)
            return [];
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(Cosmos, new(Cosmos), found, validateAllProperties: true);
        return [.. found.Select(static one => $"Storage:Cosmos: {one.ErrorMessage}"), .. Cosmos.Problems()];
    }
}

/// <summary>Names every validation error in the section at once.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var problems = options.WhatIsWrong();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
