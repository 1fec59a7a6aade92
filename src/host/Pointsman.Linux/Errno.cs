namespace Pointsman.Linux;

/// <summary>The error numbers this program has an answer to.</summary>
public static class Errno
{
    public const int NotPermitted = 1;          // EPERM
    public const int NoEntry = 2;               // ENOENT
    public const int NoProcess = 3;             // ESRCH
    public const int Interrupted = 4;           // EINTR
    public const int TryAgain = 11;             // EAGAIN, EWOULDBLOCK
    public const int AccessDenied = 13;         // EACCES
    public const int Busy = 16;                 // EBUSY
    public const int Exists = 17;               // EEXIST
    public const int NoDevice = 19;             // ENODEV
    public const int InvalidArgument = 22;      // EINVAL
    public const int NoSpace = 28;              // ENOSPC
    public const int ReadOnly = 30;             // EROFS
    public const int BrokenPipe = 32;           // EPIPE
    public const int NotSupported = 95;         // EOPNOTSUPP
    public const int AddressInUse = 98;         // EADDRINUSE
    public const int AddressNotAvailable = 99;  // EADDRNOTAVAIL
    public const int NetworkDown = 100;         // ENETDOWN
    public const int NetworkUnreachable = 101;  // ENETUNREACH
    public const int ConnectionReset = 104;     // ECONNRESET
    public const int NoBufferSpace = 105;       // ENOBUFS
    public const int TimedOut = 110;            // ETIMEDOUT
    public const int ConnectionRefused = 111;   // ECONNREFUSED
    public const int HostDown = 112;            // EHOSTDOWN
    public const int HostUnreachable = 113;     // EHOSTUNREACH
    public const int InProgress = 115;          // EINPROGRESS
    public const int StaleHandle = 116;         // ESTALE
}
