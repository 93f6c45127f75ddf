using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Execution;

/// <summary>This running bot: a new id with every start, so that a claim tells who made it.</summary>
public sealed record BotInstance(string Id)
{
    public static BotInstance New() => new(Guid.NewGuid().ToString("N"));
}

/// <summary>When a claim that has no outcome yet may be taken over before its lease ends.</summary>
public interface IClaimPolicy
{
    /// <summary>May this process claim at all now? False for one that stands by while another one works on the same store.</summary>
    bool MayClaim();

    /// <summary>The instance certainly runs no more, so that its claim need not run out first.</summary>
    bool IsGone(string instance);
}

/// <summary>Whether this instance may begin, or go on with, what was approved.</summary>
/// <param name="hold">Keeps a tenant waiting; null where nothing does.</param>
internal sealed class ClaimPermissions(IClaimPolicy policy, BotInstance self, IExecutionDelay? hold = null)
{
    public IClaimPolicy Policy => policy;

    public BotInstance Self => self;

    public bool MayClaim(TenantId tenant) => policy.MayClaim() && hold?.GetDelayReason(tenant) is null;
}

/// <summary>For stores that several processes share: only the end of a lease frees a claim.</summary>
public sealed class LeaseClaims : IClaimPolicy
{
    public bool MayClaim() => true;

    public bool IsGone(string instance) => false;
}

/// <summary>
/// For the embedded store: one process at a time executes, the one that holds the lock on <c>execution.lock</c> in the storage folder.
/// The operating system frees the lock with the process, also after <c>kill -9</c>; so whoever holds it knows that every claim
/// of another instance is of a process that has ended, and need not wait for its lease.
/// </summary>
public sealed class ExclusiveStorageClaims(IOptions<StorageOptions> storage, IHostEnvironment host, BotInstance self)
    : IClaimPolicy, IDisposable
{
    private readonly Lock gate = new();
    private FileStream? held;

    public bool MayClaim()
    {
        lock (gate)
        {
            if (held is not null)
                return true;
            var folder = Path.GetFullPath(storage.Value.Path, host.ContentRootPath);
            try
            {
                Directory.CreateDirectory(folder);
                held = new FileStream(Path.Combine(folder, "execution.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return true;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    public bool IsGone(string instance) => instance != self.Id && MayClaim();

    public void Dispose()
    {
        lock (gate)
            held?.Dispose();
    }
}
