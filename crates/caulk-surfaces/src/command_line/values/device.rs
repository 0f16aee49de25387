//! `--device HOST:CONTAINER:PERMISSIONS` (docker/cli, `opts.go`, `validateDevice` and
//! `parseLinuxDevice`).

use caulk_model::Device;

use super::super::text::Text;

/// What `--device` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DevicePath {
    /// A device of the host.
    Host(Device),
    /// A device of the container device interface: `vendor.com/class=name`.
    Named(String),
}

/// The device that a value spells.
pub fn device(value: &Text) -> Result<DevicePath, String> {
    let whole = value.written();
    if value.value().is_some_and(is_named) {
        return Ok(DevicePath::Named(whole.to_owned()));
    }
    let fields = value.split(':');
    let bad = || format!("bad format for path: {whole}");
    if fields.len() > 3 {
        return Err(bad());
    }
    let host = fields.first().filter(|host| !host.is_empty());
    let host = host.ok_or_else(bad)?;
    let is_mode = |field: &Text| field.value().is_some_and(is_mode);
    let (container, permissions) = match fields.as_slice() {
        [_, mode] if is_mode(mode) => (host, Some(mode)),
        [_, container] => (container, None),
        [_, _, mode] if mode.value().is_some() && !is_mode(mode) => {
            return Err(format!("bad mode specified: {}", mode.written()));
        }
        [_, container, mode] => (container, Some(mode)),
        _ => (host, None),
    };
    if container.value().is_some_and(|path| !path.starts_with('/')) {
        return Err(format!("{} is not an absolute path", container.written()));
    }
    Ok(DevicePath::Host(Device {
        host: host.state(),
        container: container.written().to_owned(),
        permissions: permissions.map_or("rwm", Text::written).to_owned(),
    }))
}

/// Each of `r`, `w`, `m` at most once.
fn is_mode(text: &str) -> bool {
    let once = |letter: char| text.matches(letter).count() <= 1;
    !text.is_empty()
        && text.chars().all(|letter| matches!(letter, 'r' | 'w' | 'm'))
        && ['r', 'w', 'm'].into_iter().all(once)
}

fn is_named(text: &str) -> bool {
    let Some((kind, name)) = text.split_once('=') else {
        return false;
    };
    let vendor = kind.split_once('/');
    !name.is_empty()
        && vendor.is_some_and(|(vendor, class)| !vendor.is_empty() && !class.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_in_every_spelling() {
        let read = |text: &str| match device(&Text::known(text)) {
            Ok(DevicePath::Host(device)) => format!(
                "{}|{}|{}",
                device.host.known().unwrap(),
                device.container,
                device.permissions
            ),
            Ok(DevicePath::Named(name)) => name,
            Err(message) => message,
        };
        assert_eq!(read("/dev/sda"), "/dev/sda|/dev/sda|rwm");
        assert_eq!(read("/dev/sda:r"), "/dev/sda|/dev/sda|r");
        assert_eq!(read("/dev/sda:/dev/x:rw"), "/dev/sda|/dev/x|rw");
        assert_eq!(read("nvidia.com/gpu=all"), "nvidia.com/gpu=all");
        assert_eq!(read("/dev/a:/dev/b:x"), "bad mode specified: x");
        assert_eq!(read("dev"), "dev is not an absolute path");
        assert_eq!(read("/a:/b:r:w"), "bad format for path: /a:/b:r:w");
    }
}
