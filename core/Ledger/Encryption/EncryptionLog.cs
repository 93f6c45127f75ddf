using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Encryption;

internal static partial class EncryptionLog
{
    [LoggerMessage(EventId = 2408, Level = LogLevel.Critical,
        Message = "Key {Key} of {Tenant} is missing, and no erasure of it is on record: what is encrypted under it cannot be read, first "
            + "met in {Where}. "
            + "Restore the documents beside the ledger from a backup; 'ledger verify --tenant {Tenant}' names every key that is missing")]
    public static partial void KeyMissing(this ILogger logger, string key, TenantId tenant, string where);

    [LoggerMessage(EventId = 2409, Level = LogLevel.Information, Message = "Key {Key} of {Tenant} is there again")]
    public static partial void KeyFoundAgain(this ILogger logger, string key, TenantId tenant);

    [LoggerMessage(EventId = 2410, Level = LogLevel.Warning,
        Message = "Key {Key} of {Tenant} was erased, and documents that were put back from a backup "
            + "brought it back; it is destroyed again")]
    public static partial void KeyDestroyedAgain(this ILogger logger, string key, TenantId tenant);
}
