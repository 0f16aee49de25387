//! The program: arguments, configuration, disk, exit statuses.
